package discord

import (
	"context"
	"sync"
	"time"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

// Webhook is the deliver.Platform of a webhook, which only sends. In a forum conversations are posts, which nobody closes; in a
// text channel all of them stand in the channel.
type Webhook struct {
	Options
	look
	client *api.Client
	gate   gate
	id     string

	mu    sync.Mutex
	forum forumState
}

// forumState is what is known of the webhook's channel: only its refusals tell.
type forumState int

const (
	forumUnknown forumState = iota
	forumYes
	forumNo
)

var _ deliver.Platform = (*Webhook)(nil)

// NewWebhook makes a sender for a configuration in webhook mode.
func NewWebhook(o Options) *Webhook {
	l := o.look()
	l.quotes = true
	id, _ := o.Config.Webhook()
	return &Webhook{Options: o, look: l, client: o.client(), gate: newGate(o.Config), id: id}
}

// Disconnect ends the connections that are kept, when nothing is to be sent any more.
func (h *Webhook) Disconnect() { h.client.CloseIdleConnections() }

// Name is discord.
func (h *Webhook) Name() string { return Name }

// Chat is the webhook: it does not tell its channel to those who send.
func (h *Webhook) Chat(*sessionsv1.SessionRecord) string { return h.id }

// Current is the chat itself.
func (h *Webhook) Current(chat string) string { return chat }

// Account is the webhook: Discord counts all that it posts together.
func (h *Webhook) Account(deliver.Place) string { return h.id }

// inChannel begins the threads that are none: conversations in a text channel.
const inChannel = "channel:"

// Open makes a forum's post, or nothing in a text channel.
func (h *Webhook) Open(ctx context.Context, chat string, record *sessionsv1.SessionRecord) (at deliver.Place, carded bool, err error) {
	h.mu.Lock()
	forum := h.forum
	h.mu.Unlock()
	if forum != forumNo {
		message := api.NewMessage{Embeds: []api.Embed{h.card(deliver.Post{Record: record})}}
		sent, err := h.execute(ctx, api.WebhookMessage{NewMessage: message, ThreadName: title(record)})
		switch api.KindOf(err) {
		case api.KindNone:
			h.learn(forumYes)
			return deliver.Place{Chat: chat, Thread: sent.ChannelID}, true, nil
		case api.KindNotForum:
			h.learn(forumNo)
		default:
			return at, false, homeless(err)
		}
	}
	return deliver.Place{Chat: chat, Thread: inChannel + api.Nonce(record.GetSession().GetId())}, false, nil
}

func (h *Webhook) learn(forum forumState) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forum = forum
}

func (h *Webhook) execute(ctx context.Context, m api.WebhookMessage) (api.Message, error) {
	if err := h.gate.pass(ctx); err != nil {
		return api.Message{}, err
	}
	m.Username, m.AvatarURL = h.Config.Username, h.Config.AvatarURL
	return h.client.ExecuteWebhook(ctx, m)
}

// Plan is a message for each part.
func (h *Webhook) Plan(post deliver.Post, shown []string) []deliver.Call {
	return deliver.Texts(len(h.parts(post)), shown)
}

// Send posts a part.
func (h *Webhook) Send(ctx context.Context, at deliver.Place, post deliver.Post, n int) ([]string, error) {
	p := h.partOf(post, n)
	sent, err := h.upload(ctx, h.look, p, func(p part, files []api.File) (api.Message, error) {
		message := api.NewMessage{Embeds: p.embeds, Files: files}
		if p.silent {
			message.Flags = api.SuppressNotifications
		}
		return h.execute(ctx, api.WebhookMessage{NewMessage: message, Thread: threadOf(at.Thread)})
	})
	if err != nil {
		return nil, textual(failure(err), post)
	}
	return []string{sent.ID}, nil
}

// threadOf is where Discord is told to post; empty for the channel itself.
func threadOf(thread string) string {
	if api.IsID(thread) {
		return thread
	}
	return ""
}

// Edit changes a message.
func (h *Webhook) Edit(ctx context.Context, at *bellhopv1.PlatformMessage, post deliver.Post, n int) error {
	if err := h.gate.pass(ctx); err != nil {
		return err
	}
	p := h.partOf(post, n)
	_, err := h.client.EditWebhookMessage(ctx, threadOf(at.GetThread()), at.GetIds()[0], api.Edit{Embeds: &p.embeds})
	return textual(failure(err), post)
}

// Delete removes a message.
func (h *Webhook) Delete(ctx context.Context, at *bellhopv1.PlatformMessage) error {
	if err := h.gate.pass(ctx); err != nil {
		return err
	}
	return failure(h.client.DeleteWebhookMessage(ctx, threadOf(at.GetThread()), at.GetIds()[0]))
}

// SayClosed posts who closed the conversation.
func (h *Webhook) SayClosed(ctx context.Context, at deliver.Place, by string) error {
	_, err := h.execute(ctx, api.WebhookMessage{NewMessage: closedLine(by), Thread: threadOf(at.Thread)})
	return failure(err)
}

// Close does nothing: a webhook can't.
func (h *Webhook) Close(context.Context, deliver.Place, *sessionsv1.SessionRecord) error { return nil }

// Reopen does nothing: what is posted to an idle thread opens it.
func (h *Webhook) Reopen(context.Context, deliver.Place, *sessionsv1.SessionRecord) error { return nil }

// Typing does nothing: a webhook can't.
func (h *Webhook) Typing(context.Context, deliver.Place) error { return nil }

// TypingLasts is as long as a bot's.
func (h *Webhook) TypingLasts() time.Duration { return api.TypingLasts * time.Second }

// Probe asks for the webhook.
func (h *Webhook) Probe(ctx context.Context) error {
	_, err := h.client.GetWebhook(ctx)
	return failure(err)
}
