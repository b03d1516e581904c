package slack

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

// Name is the name of this platform in facts.
const Name = "slack"

const platform = Name

// earlyEdits is how many changes of messages are remembered that came before the messages.
const earlyEdits = 256

// Options make a Bot.
type Options struct {
	// Office is for whom the bot receives; its Platform is filled here.
	Office office.Options
	// Config is in bot mode.
	Config slack.Config
	// Public: Slack can reach Webhook.
	Public bool
	// TestBots may act as operators: user ids, bot ids or app ids.
	TestBots []string
	// Tell is told what is wrong with the connection, and "" when it works; nil for nobody.
	Tell func(problem string)
}

// Bot receives for one app of one project.
type Bot struct {
	cfg      slack.Config
	public   bool
	testBots map[string]bool
	problems problems
	client   *slack.Client
	people   *slack.Directory
	answers  *answerer
	office   *office.Office
	opts     office.Options
	metrics  *office.Metrics
	log      *zap.Logger

	me    atomic.Pointer[slack.Identity] // nil until Slack has told it
	lanes *lanes
	early *lru.Cache[string, office.Gesture]
	// sockets are open.
	sockets atomic.Int64
	// handing is what is being handed in; end breaks it off by ending alive.
	handing sync.WaitGroup
	alive   context.Context
	end     context.CancelFunc

	patience, every, readPause time.Duration
}

// New makes a Bot that receives nothing yet: mount its Webhook, and call its Run.
func New(o Options) (*Bot, error) {
	o.Office.Platform = platform
	desk, err := office.New(o.Office)
	if err != nil {
		return nil, err
	}
	early, err := lru.New[string, office.Gesture](earlyEdits)
	if err != nil {
		return nil, fmt.Errorf("remember edits: %w", err)
	}
	client := slack.New(o.Config)
	alive, end := context.WithCancel(context.Background())
	b := &Bot{
		cfg: o.Config, public: o.Public, testBots: map[string]bool{}, client: client, people: client.Directory(), office: desk, opts: o.Office,
		metrics: o.Office.Metrics, log: o.Office.Log, lanes: newLanes(), early: early, alive: alive, end: end,
		patience: patience, every: watchEvery, readPause: readPause,
	}
	if b.problems.tell = o.Tell; o.Tell == nil {
		b.problems.tell = func(string) {}
	}
	for _, known := range o.TestBots {
		b.testBots[known] = true
	}
	b.answers = newAnswerer(client, b.metrics, b.log)
	return b, nil
}

// eventID names the facts of something. Slack's ids are its own world's, so the apps of other projects than the first, which may be in
// another one, say whose they are.
func (b *Bot) eventID(what string) string {
	if b.opts.Project != id.Default && b.opts.Project != "" {
		return platform + ":" + string(b.opts.Project) + ":" + what
	}
	return platform + ":" + what
}

// identity is who the bot is. It must be known before anything is read: it tells the bot's own messages and commands from what is
// for visitors.
func (b *Bot) identity(ctx context.Context) (slack.Identity, error) {
	if me := b.me.Load(); me != nil {
		return *me, nil
	}
	me, err := b.client.AuthTest(ctx)
	if err != nil {
		return me, err
	}
	b.me.Store(&me)
	return me, nil
}
