package discord

import (
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/id"
	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// Name is the name of this platform in facts.
const Name = "discord"

// Options make a Bot.
type Options struct {
	// Office is for whom the bot receives; its Platform is filled here.
	Office office.Options
	Config api.Config
	// TestBots are ids of bots that count as operators: for tests, where nobody types.
	TestBots []string
	// Tell is told what is wrong with the connection, and "" when it works.
	Tell func(problem string)
}

// Bot receives for one bot of one project.
type Bot struct {
	project  id.Project
	cfg      api.Config
	testBots []string
	client   *api.Client
	desk     *receive.Desk
	office   *office.Office
	answers  *answerer
	verifier *api.Verifier // nil without a public key
	metrics  *office.Metrics
	log      *zap.Logger
	tell     func(problem string)
	maxFile  int64

	// Times that tests shorten: see settling, and the gateway's pause; 0 is its own.
	settling, pause time.Duration
	now             func() time.Time

	// application is the application's id, guild the channel's server; nil until Discord has told them.
	application, guild atomic.Pointer[string]
	// work is what goes on after a request was answered.
	work sync.WaitGroup
	// parents are the channels of threads, and empty for what is no thread.
	parents *lru.Cache[string, string]
}

// knownChannels is how many channels and threads are remembered.
const knownChannels = 8192

// New makes a Bot that receives nothing yet: mount its Webhook, and call its Run. The configuration is in bot mode.
func New(o Options) (*Bot, error) {
	o.Office.Platform = Name
	works, err := office.New(o.Office)
	if err != nil {
		return nil, err
	}
	b := &Bot{
		project: o.Office.Project, cfg: o.Config, testBots: o.TestBots, client: api.New(o.Config), desk: o.Office.Desk, office: works, metrics: o.Office.Metrics,
		log: o.Office.Log, tell: o.Tell, maxFile: o.Office.MaxFile, settling: settling, now: time.Now,
	}
	if b.parents, err = lru.New[string, string](knownChannels); err != nil {
		return nil, err
	}
	if o.Config.CanVerify() {
		if b.verifier, err = api.NewVerifier(o.Config.PublicKey); err != nil {
			return nil, err
		}
	}
	b.answers = &answerer{client: b.client, metrics: b.metrics, log: b.log, queue: make(chan answer, waitingAnswers)}
	return b, nil
}

// Close waits for what was begun and ends idle connections to Discord.
func (b *Bot) Close() {
	b.work.Wait()
	b.client.CloseIdleConnections()
}

// eventID names the facts of something. Discord's ids are its own world's, so the bots of other projects than the first, which may
// hear the same, say whose facts they are.
func (b *Bot) eventID(what string) string {
	if b.project != id.Default {
		return Name + ":" + string(b.project) + ":" + what
	}
	return Name + ":" + what
}
