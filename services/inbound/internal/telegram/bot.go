package telegram

import (
	"strconv"
	"sync/atomic"

	"go.uber.org/zap"

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
}

// Bot receives for one bot of one project.
type Bot struct {
	project    id.Project
	cfg        telegram.Config
	webhookURL string
	chats      map[int64]bool
	client     *telegram.Client
	desk       *receive.Desk
	answers    *answerer
	office     *office.Office
	metrics    *office.Metrics
	log        *zap.Logger

	username atomic.Pointer[string] // nil until Telegram has told it
}

// New makes a Bot that receives nothing yet: mount its Webhook, and call its Run.
func New(o Options) (*Bot, error) {
	o.Office.Platform = platform
	desk, err := office.New(o.Office)
	if err != nil {
		return nil, err
	}
	b := &Bot{
		project: o.Office.Project, cfg: o.Config, webhookURL: o.WebhookURL, chats: map[int64]bool{}, client: telegram.New(o.Config),
		desk: o.Office.Desk, office: desk, metrics: o.Office.Metrics, log: o.Office.Log,
	}
	for _, chat := range o.Config.ChatIDs() {
		b.chats[chat] = true
	}
	b.answers = newAnswerer(b.client, o.Config.Shares(), b.metrics, b.log)
	return b, nil
}

// Close ends idle connections to Telegram.
func (b *Bot) Close() { b.client.CloseIdleConnections() }

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
