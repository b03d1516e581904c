package slack

import (
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
)

// Defaults of Options.
const (
	DefaultToken         = "xoxb-simulated-token-of-the-bellhop-bot"
	DefaultAppToken      = "xapp-simulated-app-level-token"
	DefaultSigningSecret = "simulated-signing-secret-0123456"
	DefaultChannelID     = "C0SUPPORT"
	DefaultRequestLog    = 5000
	// DefaultShareDelay is how long a completed upload takes to appear in its channel. Slack promises only "asynchronously".
	DefaultShareDelay = 300 * time.Millisecond
	// DefaultPingInterval is how often a socket is pinged; Slack's own clients give up after 30 s without a ping.
	DefaultPingInterval = 10 * time.Second
	// DefaultUpdateLimit is from where on chat.update answers msg_too_long, in characters. The documents say that it truncates
	// at 40,000; it was seen to refuse from 4,000 on (https://github.com/seratch/ChatGPT-in-Slack/issues/102).
	DefaultUpdateLimit = 4000
)

// Options configure a simulator. The zero value is a workspace "Bellhop" with the public channel #support, the operators Olga and
// Omar, the app with all of its scopes and a member of the channel, the limits in force, real time and seed 1.
type Options struct {
	Token         string // of the bot, xoxb-…
	AppToken      string // app-level, xapp-…
	SigningSecret string
	ChannelID     string // C… or G…
	ChannelName   string // without #
	Private       bool   // the channel is private
	BotName       string
	TeamName      string
	Operators     []string // display names; user names are the same in lower case

	Scopes   []string // of the bot token; nil: DefaultScopes
	Events   []string // the app's subscriptions; nil: all that the simulator emits
	Commands []string // the app's slash commands with their slash; nil: any

	Clock  *clock.Clock // nil: clock.Real()
	Seed   int64        // of ids, chances and the choice of a socket; 0 means 1
	Budget Budget

	// Disorder delivers each event after a random delay of up to this, so that later ones overtake earlier ones. Slack promises
	// no order; 0 keeps the order of each thread.
	Disorder time.Duration
	// ShareDelay is DefaultShareDelay unless given; negative: at once.
	ShareDelay time.Duration
	// Retries are the waits before the second, third and fourth attempt to deliver an event; DefaultRetries unless given.
	Retries []time.Duration
	// RefuseOrphans makes a post into a thread whose root is gone fail with thread_not_found. Otherwise it succeeds and
	// nobody sees it, which is worse and therefore the default.
	RefuseOrphans bool
	// QuietParents leaves out the message_changed of a root whose thread got a reply.
	QuietParents bool
	// UpdateLimit is DefaultUpdateLimit unless given.
	UpdateLimit int
	// SocketLifetime is after how long a socket is warned and then closed; 0: only on RefreshSockets. Slack's are told
	// 18,060 s (approximate_connection_time).
	SocketLifetime time.Duration
	// PingInterval is DefaultPingInterval unless given; on the machine's time, because it is the client's that it keeps alive.
	PingInterval time.Duration

	// RequestLog is how many requests (and, separately, deliveries) are remembered.
	RequestLog int
	// Addr is where Start listens; a loopback address. "" means any free port of 127.0.0.1.
	Addr string
	// URL is "http://host:port" as others know it, for a simulator that is not on the machine of who calls it. With it Addr may be any address.
	URL    string
	Logger *zap.Logger // nil: silent
}

// DefaultRetries are Slack's: nearly at once, after a minute, after five (https://docs.slack.dev/apis/events-api#retries).
func DefaultRetries() []time.Duration { return []time.Duration{0, time.Minute, 5 * time.Minute} }

// DefaultScopes are those that Bellhop's manifest asks for.
func DefaultScopes() []string {
	return []string{
		"chat:write", "chat:write.customize", "channels:history", "channels:read", "groups:history", "groups:read",
		"reactions:read", "reactions:write", "files:read", "files:write", "users:read", "app_mentions:read", "commands",
		"incoming-webhook",
	}
}

func (o Options) withDefaults() Options {
	orDefault(&o.Token, DefaultToken)
	orDefault(&o.AppToken, DefaultAppToken)
	orDefault(&o.SigningSecret, DefaultSigningSecret)
	orDefault(&o.ChannelID, DefaultChannelID)
	orDefault(&o.ChannelName, "support")
	orDefault(&o.BotName, "Bellhop")
	orDefault(&o.TeamName, "Bellhop")
	orDefault(&o.Seed, 1)
	orDefault(&o.ShareDelay, DefaultShareDelay)
	orDefault(&o.UpdateLimit, DefaultUpdateLimit)
	orDefault(&o.PingInterval, DefaultPingInterval)
	orDefault(&o.RequestLog, DefaultRequestLog)
	orDefault(&o.Addr, "127.0.0.1:0")
	if o.Operators == nil {
		o.Operators = []string{"Olga", "Omar"}
	}
	if o.Scopes == nil {
		o.Scopes = DefaultScopes()
	}
	if o.Events == nil {
		o.Events = AllEvents()
	}
	if o.Retries == nil {
		o.Retries = DefaultRetries()
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
