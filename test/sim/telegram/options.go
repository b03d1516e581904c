package telegram

import (
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
)

// Defaults of Options.
const (
	DefaultToken           = "7001:simulated-token-of-the-bellhop-bot-0"
	DefaultChatID          = int64(-1001230000001)
	DefaultRequestLog      = 5000
	DefaultCallbackTimeout = 150 * time.Second
)

// Options configure a simulator. The zero value is a forum supergroup "Support" with the operators Olga and Omar, the bot as an
// administrator with all rights, the budget in force, real time and seed 1.
type Options struct {
	Token       string // "<bot id>:<secret>"
	ChatID      int64  // a supergroup's id begins with -100
	ChatTitle   string
	MoreChats   []int64 // further groups of the same bot, alike but for their titles: "Support 2", …
	BotName     string
	BotUsername string
	Operators   []string // first names; the user name is the same in lower case
	BasicGroup  bool     // the chat is a basic group without topics until Migrate
	PrivacyMode bool     // a bot that is no administrator sees only commands, replies and mentions

	Clock  *clock.Clock // nil: clock.Real()
	Seed   int64        // of probabilities, jitter and ids; 0 means 1
	Budget Budget

	// CallbackTimeout is for how long a button press can be answered.
	CallbackTimeout time.Duration
	// StrictPorts applies the rules "HTTPS, ports 443, 80, 88, 8443" to loopback webhooks as well.
	StrictPorts bool
	// RequestLog is how many requests (and, separately, deliveries) are remembered.
	RequestLog int
	// Addr is where Start listens; a loopback address. "" means any free port of 127.0.0.1.
	Addr string
	// URL is "http://host:port" as others know it, for a simulator that is not on the machine of who calls it. With it Addr may be any address.
	URL    string
	Logger *zap.Logger // nil: silent
}

// Budget holds the limits that the simulator enforces. Zero fields take the defaults of DefaultBudget.
// The vendor promises none of these numbers; they are pessimistic on purpose.
type Budget struct {
	Off bool `json:"off"` // account, report violations, but refuse nothing

	GroupLimit  int           `json:"groupLimit"`    // sends, edits and new topics of one group …
	GroupWindow time.Duration `json:"groupWindowNs"` // … in this sliding window
	ChatRate    float64       `json:"chatRate"`      // per second and chat
	ChatBurst   int           `json:"chatBurst"`
	BotRate     float64       `json:"botRate"` // per second over all chats
	BotBurst    int           `json:"botBurst"`

	CountTopicActions bool `json:"countTopicActions"` // close, reopen and rename cost one unit as well

	ReactionRate  float64 `json:"reactionRate"` // per second and chat
	ReactionBurst int     `json:"reactionBurst"`
	ActionRate    float64 `json:"actionRate"` // chat actions, per second and chat
	ActionBurst   int     `json:"actionBurst"`

	MinRetryAfter time.Duration `json:"minRetryAfterNs"` // no retry_after is shorter
	NoExtension   bool          `json:"noExtension"`     // requests inside a retry_after do not lengthen it
}

// DefaultBudget is 20 a minute and 1/s (burst 3) per group, 30/s per bot, reactions 1/s (burst 5), chat actions
// 2/s (burst 10), and never a retry_after under 3 s.
func DefaultBudget() Budget {
	return Budget{
		GroupLimit: 20, GroupWindow: time.Minute, ChatRate: 1, ChatBurst: 3, BotRate: 30, BotBurst: 30,
		ReactionRate: 1, ReactionBurst: 5, ActionRate: 2, ActionBurst: 10, MinRetryAfter: 3 * time.Second,
	}
}

func (b Budget) withDefaults() Budget {
	d := DefaultBudget()
	orDefault(&b.GroupLimit, d.GroupLimit)
	orDefault(&b.GroupWindow, d.GroupWindow)
	orDefault(&b.ChatRate, d.ChatRate)
	orDefault(&b.ChatBurst, d.ChatBurst)
	orDefault(&b.BotRate, d.BotRate)
	orDefault(&b.BotBurst, d.BotBurst)
	orDefault(&b.ReactionRate, d.ReactionRate)
	orDefault(&b.ReactionBurst, d.ReactionBurst)
	orDefault(&b.ActionRate, d.ActionRate)
	orDefault(&b.ActionBurst, d.ActionBurst)
	orDefault(&b.MinRetryAfter, d.MinRetryAfter)
	return b
}

func (o Options) withDefaults() Options {
	orDefault(&o.Token, DefaultToken)
	orDefault(&o.ChatID, DefaultChatID)
	orDefault(&o.ChatTitle, "Support")
	orDefault(&o.BotName, "Bellhop")
	orDefault(&o.BotUsername, "bellhop_bot")
	orDefault(&o.Seed, 1)
	orDefault(&o.CallbackTimeout, DefaultCallbackTimeout)
	orDefault(&o.RequestLog, DefaultRequestLog)
	orDefault(&o.Addr, "127.0.0.1:0")
	if o.Operators == nil {
		o.Operators = []string{"Olga", "Omar"}
	}
	if o.Clock == nil {
		o.Clock = clock.Real()
	}
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	o.Budget = o.Budget.withDefaults()
	return o
}

func orDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
