package discord

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

// Name of the platform on the bus.
const Name = "discord"

// Options make a Bot or a Webhook.
type Options struct {
	Config api.Config
	// Freeze stops an account for a while, as pace.Pacer does.
	Freeze func(account string, d time.Duration)
	// Files are what goes along with messages. What is not there is only named.
	Files shelf.Shelf
	Log   *zap.Logger
}

func (o Options) client() *api.Client {
	return api.New(o.Config, api.WithRates(heed(o.Freeze)))
}

func (o Options) look() look {
	return look{maxFile: o.Config.MaxFileBytes, files: o.Files}
}

// Bot is the deliver.Platform of one bot: conversations are threads of its channel.
type Bot struct {
	Options
	look
	client *api.Client
	gate   gate
	home   *home

	mu sync.Mutex
	// opening holds when opening a session's thread first got no answer.
	opening map[string]time.Time
	// closing holds the nonces of lines that may have been posted.
	closing map[string]string
}

var _ deliver.Platform = (*Bot)(nil)

// NewBot makes a sender for a configuration in bot mode.
func NewBot(o Options) *Bot {
	client := o.client()
	return &Bot{
		Options: o, look: o.look(), client: client, gate: newGate(o.Config), home: &home{client: client, id: o.Config.Channel},
		opening: map[string]time.Time{}, closing: map[string]string{},
	}
}

// Disconnect ends the connections that are kept, when nothing is to be sent any more.
func (b *Bot) Disconnect() { b.client.CloseIdleConnections() }

// Name is discord.
func (b *Bot) Name() string { return Name }

// Chat is the channel in which threads are opened.
func (b *Bot) Chat(*sessionsv1.SessionRecord) string { return b.Config.Channel }

// Current is the chat itself: Discord moves none.
func (b *Bot) Current(chat string) string { return chat }

// Account is the thread, which Discord counts alone, or the channel for opening one.
func (b *Bot) Account(at deliver.Place) string {
	if at.Thread != "" {
		return at.Thread
	}
	return at.Chat
}

// Plan is a message for each part.
func (b *Bot) Plan(post deliver.Post, shown []string) []deliver.Call {
	return deliver.Texts(len(b.parts(post)), shown)
}

// Send posts a part. What makes it this part and no other makes its nonce, so that it is posted once.
func (b *Bot) Send(ctx context.Context, at deliver.Place, post deliver.Post, n int) ([]string, error) {
	p := b.partOf(post, n)
	message := api.NewMessage{Embeds: p.embeds, Nonce: nonce(at, post, p, n)}
	if p.silent {
		message.Flags = api.SuppressNotifications
	}
	if ids := post.ReplyTo.GetIds(); len(ids) > 0 && n == 0 {
		message.ReplyTo = ids[len(ids)-1]
	}
	sent, err := b.upload(ctx, b.look, p, func(p part, files []api.File) (api.Message, error) {
		message.Embeds, message.Files = p.embeds, files
		if err := b.gate.pass(ctx); err != nil {
			return api.Message{}, err
		}
		return b.client.CreateMessage(ctx, at.Thread, message)
	})
	if err != nil {
		return nil, textual(failure(err), post)
	}
	return []string{sent.ID}, nil
}

// Edit changes a message of a thread, opening the thread for it if Discord has archived it meanwhile.
func (b *Bot) Edit(ctx context.Context, at *bellhopv1.PlatformMessage, post deliver.Post, n int) error {
	p := b.partOf(post, n)
	err := b.inOpen(ctx, at.GetThread(), func() error {
		_, err := b.client.EditMessage(ctx, at.GetThread(), at.GetIds()[0], api.Edit{Embeds: &p.embeds})
		return err
	})
	return textual(failure(err), post)
}

// Delete removes a message.
func (b *Bot) Delete(ctx context.Context, at *bellhopv1.PlatformMessage) error {
	return lenient(b.inOpen(ctx, at.GetThread(), func() error {
		return b.client.DeleteMessage(ctx, at.GetThread(), at.GetIds()[0])
	}))
}

// Typing shows "… is typing" in a thread.
func (b *Bot) Typing(ctx context.Context, at deliver.Place) error {
	if err := b.gate.pass(ctx); err != nil {
		return err
	}
	return failure(b.client.Typing(ctx, at.Thread))
}

// TypingLasts is how long Discord shows it.
func (b *Bot) TypingLasts() time.Duration { return api.TypingLasts * time.Second }

// partOf is one part of a post; the last one if what was planned has become shorter.
func (l look) partOf(post deliver.Post, n int) part {
	all := l.parts(post)
	return all[min(n, len(all)-1)]
}

// cardMessage is the message that opens a thread.
func (b *Bot) cardMessage(record *sessionsv1.SessionRecord) api.NewMessage {
	m := api.NewMessage{Embeds: []api.Embed{b.card(deliver.Post{Record: record})}}
	if b.Config.CanReceive() || b.Config.CanVerify() { // or nobody would hear the buttons
		m.Components = []api.Component{api.Buttons(
			api.Button(api.ButtonDanger, "Close", api.ButtonClose), api.Button(api.ButtonSecondary, "Mark read", api.ButtonRead),
		)}
	}
	return m
}

func title(record *sessionsv1.SessionRecord) string { return api.ThreadName(brief.Title(record)) }
