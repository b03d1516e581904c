package discord

import (
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
)

// Defaults of Options. The token's first part is the application's id in base64, as in a real one.
const (
	DefaultApplicationID = "1440000000000001100"
	DefaultToken         = "MTQ0MDAwMDAwMDAwMDAwMTEwMA.Gsim42.simulated-token-of-the-bellhop-bot-00"
	DefaultGuildID       = "1440000000000001200"
	DefaultChannelID     = "1440000000000001300"
	DefaultRequestLog    = 5000

	// DefaultActiveThreads is how many threads of a guild may be active at once; observed, not promised.
	DefaultActiveThreads = 1000
	// DefaultFileLimit is the upload limit per file of a server without boosts.
	DefaultFileLimit = 10 << 20
	// DefaultHeartbeat is the interval that Discord's gateway asks for.
	DefaultHeartbeat = 41250 * time.Millisecond
	// DefaultNonceWindow is for how long enforce_nonce finds an earlier message; Discord says "a few minutes".
	DefaultNonceWindow = 5 * time.Minute
	// DefaultLinkLifetime is how long a signed attachment link is good; observed.
	DefaultLinkLifetime = 24 * time.Hour
	// DefaultResumeFor and DefaultResumeEvents bound what a lost connection can catch up with.
	DefaultResumeFor    = 3 * time.Minute
	DefaultResumeEvents = 1000
	// DefaultProbes is the chance that a forged interaction precedes a genuine one; Discord says "regularly".
	DefaultProbes = 0.1
)

// Options configure a simulator. The zero value is a guild "Support" with a forum channel that only the operators Olga and
// Omar and the bot see, the bot with every permission that Bellhop needs, the limits in force, real time and seed 1.
type Options struct {
	Token       string
	GuildID     string
	GuildName   string
	ChannelID   string // the operators' channel
	ChannelName string
	// TextChannel makes the operators' channel a text channel (type 0) instead of a forum (type 15).
	TextChannel bool
	// Tags are the forum's tags; nil means "open" and "closed". RequireTag refuses posts without one.
	Tags       []string
	RequireTag bool
	BotName    string
	Operators  []string // display names; the user name is the same in lower case

	Clock  *clock.Clock // nil: clock.Real()
	Seed   int64        // of probabilities, session ids, tokens and the signing key; 0 means 1
	Budget Budget

	// Zero values of these mean the defaults above. Probes below 0 means never.
	ActiveThreads int
	FileLimit     int64
	Heartbeat     time.Duration
	NonceWindow   time.Duration
	LinkLifetime  time.Duration
	ResumeFor     time.Duration
	ResumeEvents  int
	Probes        float64

	// RequestLog is how many requests (and, separately, deliveries) are remembered.
	RequestLog int
	// Addr is where Start listens; a loopback address. "" means any free port of 127.0.0.1.
	Addr string
	// URL is "http://host:port" as others know it, for a simulator that is not on the machine of who calls it. With it Addr may be any address.
	URL    string
	Logger *zap.Logger // nil: silent
}

func (o Options) withDefaults() Options {
	orDefault(&o.Token, DefaultToken)
	orDefault(&o.GuildID, DefaultGuildID)
	orDefault(&o.GuildName, "Support")
	orDefault(&o.ChannelID, DefaultChannelID)
	orDefault(&o.ChannelName, "conversations")
	orDefault(&o.BotName, "Bellhop")
	orDefault(&o.Seed, 1)
	orDefault(&o.ActiveThreads, DefaultActiveThreads)
	orDefault(&o.FileLimit, DefaultFileLimit)
	orDefault(&o.Heartbeat, DefaultHeartbeat)
	orDefault(&o.NonceWindow, DefaultNonceWindow)
	orDefault(&o.LinkLifetime, DefaultLinkLifetime)
	orDefault(&o.ResumeFor, DefaultResumeFor)
	orDefault(&o.ResumeEvents, DefaultResumeEvents)
	orDefault(&o.Probes, DefaultProbes)
	orDefault(&o.RequestLog, DefaultRequestLog)
	orDefault(&o.Addr, "127.0.0.1:0")
	if o.Tags == nil {
		o.Tags = []string{"open", "closed"}
	}
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
