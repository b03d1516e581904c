package telegram

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// platform is the name of this platform in facts.
const platform = "telegram"

const (
	// recentUpdates is how many handled updates are remembered, so that one that comes again is not answered twice.
	recentUpdates = 4096
	// recentTopics is how many topics without a conversation are remembered, with the time of the last notice.
	recentTopics = 1024
	// noticeEvery is how often a topic without a conversation is told so.
	noticeEvery = time.Minute
)

// Options make a Bot.
type Options struct {
	Project id.Project
	Config  telegram.Config
	// WebhookURL is where Telegram can reach Webhook; empty for long polling.
	WebhookURL string
	Desk       *receive.Desk
	Metrics    *Metrics
	Log        *zap.Logger
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
	metrics    *Metrics
	log        *zap.Logger

	username atomic.Pointer[string] // nil until Telegram has told it
	handled  *lru.Cache[int64, struct{}]
	albums   *lru.Cache[string, struct{}]
	noticed  *lru.Cache[telegram.Place, time.Time]
}

// New makes a Bot that receives nothing yet: mount its Webhook, and call its Run.
func New(o Options) (*Bot, error) {
	handled, err := lru.New[int64, struct{}](recentUpdates)
	if err != nil {
		return nil, fmt.Errorf("remember updates: %w", err)
	}
	albums, err := lru.New[string, struct{}](recentTopics)
	if err != nil {
		return nil, fmt.Errorf("remember albums: %w", err)
	}
	noticed, err := lru.New[telegram.Place, time.Time](recentTopics)
	if err != nil {
		return nil, fmt.Errorf("remember topics: %w", err)
	}
	b := &Bot{
		project: o.Project, cfg: o.Config, webhookURL: o.WebhookURL, chats: map[int64]bool{}, client: telegram.New(o.Config),
		desk: o.Desk, metrics: o.Metrics, log: o.Log.Named(platform), handled: handled, albums: albums, noticed: noticed,
	}
	for _, chat := range o.Config.ChatIDs() {
		b.chats[chat] = true
	}
	b.answers = newAnswerer(b.client, o.Config.Shares(), b.metrics, b.log)
	return b, nil
}

// Close ends idle connections to Telegram.
func (b *Bot) Close() { b.client.CloseIdleConnections() }

// handle stores the facts of an update. A nil error means that Telegram may forget it: everything is stored, or there is
// nothing to store. An error that is receive.Temporary asks for the update again.
func (b *Bot) handle(ctx context.Context, u *telegram.Update) error {
	if b.handled.Contains(u.ID) {
		b.metrics.update(resultDuplicate)
		return nil
	}
	err := b.act(ctx, classify(u, b.own()), u.ID)
	switch {
	case err == nil:
		b.handled.Add(u.ID, struct{}{})
		return nil
	case receive.Temporary(err) || ctx.Err() != nil:
		b.metrics.update(resultFailed)
		b.log.Warn("update waits", zap.Int64("update", u.ID), zap.Error(err))
		return err
	}
	// It would fail for ever, and hold back everything after it.
	b.metrics.update(resultPoison)
	b.log.Error("update cannot be handled and is skipped", zap.Int64("update", u.ID), zap.Error(err))
	return nil
}

// own is what tells this bot's updates from others'.
func (b *Bot) own() self {
	me := self{id: b.cfg.BotID(), chats: b.chats}
	if name := b.username.Load(); name != nil {
		me.username = *name
	}
	return me
}

// act does what an update asks for.
func (b *Bot) act(ctx context.Context, in intent, updateID int64) error {
	if in.kind == nothing {
		b.metrics.update(resultIgnored)
		b.log.Debug("update ignored", zap.Int64("update", updateID), zap.String("why", in.why))
		return nil
	}
	if in.kind == reacted {
		return b.reacted(ctx, in, b.occasion(in, updateID))
	}
	conversation, err := b.desk.Find(ctx, receive.Thread{
		Project: b.project, Platform: platform, Chat: decimal(in.place.Chat), Thread: strconv.Itoa(in.place.Thread),
	})
	if errors.Is(err, receive.ErrNobodys) {
		b.unconnected(in)
		return nil
	}
	if err != nil {
		return err
	}
	o := b.occasion(in, updateID)
	switch in.kind {
	case said:
		return b.said(ctx, in, conversation, o)
	case edited:
		return b.edited(ctx, in, conversation, o)
	case ordered:
		return b.ordered(ctx, in, conversation, o)
	case fileOnly:
		b.metrics.update(resultAnswered)
		b.fileNotice(in, "Files are not carried yet: the visitor did not get this.")
	case topicClosed, topicReopened:
		return b.turned(ctx, in, conversation, o)
	}
	return nil
}

// occasion names the facts of an update. Update ids are per bot, so the bots of other projects than the first say whose they are.
func (b *Bot) occasion(in intent, updateID int64) receive.Occasion {
	eventID := platform + ":" + decimal(updateID)
	if b.project != id.Default {
		eventID = platform + ":" + string(b.project) + ":" + decimal(updateID)
	}
	// Telegram's own time has seconds only: an answer would sort before the question of the same second.
	return receive.Occasion{EventID: eventID, At: time.Now().Truncate(time.Millisecond), By: in.by}
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
