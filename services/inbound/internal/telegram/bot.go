package telegram

import (
	"strconv"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/singleflight"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// Name is the name of this platform in facts.
const Name = "telegram"

const platform = Name

// Options make a Bot.
type Options struct {
	// Office is for whom the bot receives; its Platform is filled here.
	Office office.Options
	Config telegram.Config
	// WebhookURL is where Telegram can reach Webhook; empty for long polling.
	WebhookURL string
	// Tell is told what is wrong with the bot's standing in its groups, "" for nothing; may be nil.
	Tell func(problem string)
}

// Bot receives for one bot of one project.
type Bot struct {
	project    id.Project
	cfg        telegram.Config
	webhookURL string
	client     *telegram.Client
	desk       *receive.Desk
	answers    *answerer
	office     *office.Office
	metrics    *office.Metrics
	log        *zap.Logger

	username atomic.Pointer[string] // nil until Telegram has told it
	groups   atomic.Pointer[groups]
	learned  atomic.Pointer[time.Time]
	standing *standing
	waiting  *waiting
	joining  singleflight.Group
}

// New makes a Bot that receives nothing yet: mount its Webhook, and call its Run.
func New(o Options) (*Bot, error) {
	o.Office.Platform = platform
	desk, err := office.New(o.Office)
	if err != nil {
		return nil, err
	}
	b := &Bot{
		project: o.Office.Project, cfg: o.Config, webhookURL: o.WebhookURL, client: telegram.New(o.Config),
		desk: o.Office.Desk, office: desk, metrics: o.Office.Metrics, log: o.Office.Log,
		standing: newStanding(o.Tell), waiting: newWaiting(),
	}
	b.groups.Store(configured(o.Config.ChatIDs()))
	b.answers = newAnswerer(b.client, o.Config.Shares(), b.metrics, b.log)
	return b, nil
}

// Close ends idle connections to Telegram.
func (b *Bot) Close() { b.client.CloseIdleConnections() }

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
