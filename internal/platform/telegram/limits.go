package telegram

// Limits of the Bot API.
const (
	// MaxText is the length of a message in code points. https://core.telegram.org/bots/api#sendmessage
	MaxText = 4096
	// MaxCaption is the length of a caption in code points. https://core.telegram.org/bots/api#sendphoto
	MaxCaption = 1024
	// MaxTopicName is the length of a topic's name in code points. https://core.telegram.org/bots/api#createforumtopic
	MaxTopicName = 128
)

// replyShare is what inbound may send of a group's budget in any 60 seconds: its short answers to commands. The conversations need the rest.
const replyShare = 3

// Shares divides one group's budget among the services, in messages per sliding 60 seconds. Sends, edits and new topics count.
type Shares struct {
	// Unlimited: the budget is switched off, and the numbers don't count.
	Unlimited bool
	// Notifier is for conversations.
	Notifier int
	// Inbound is for answers to commands; it may be 0.
	Inbound int
}

// Shares of the configured budget. Of Telegram's 20 the notifier has 17 and inbound 3; of a small budget inbound has a fifth.
func (c Config) Shares() Shares {
	inbound := min(replyShare, c.BudgetPerMinute/5)
	return Shares{Unlimited: c.BudgetPerMinute == 0, Notifier: c.BudgetPerMinute - inbound, Inbound: inbound}
}
