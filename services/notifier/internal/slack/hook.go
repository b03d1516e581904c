package slack

import (
	"context"
	"time"

	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

// Hook is the deliver.Platform of an incoming webhook. It tells of conversations; nothing that it has posted can be changed, and
// nobody can answer there. So every message names its conversation.
type Hook struct {
	api   *webapi.Client
	files shelf.Shelf
	look  webapi.Look
}

var _ deliver.Platform = (*Hook)(nil)

// NewHook makes a sender for a configuration in webhook mode.
func NewHook(cfg webapi.Config, files shelf.Shelf) *Hook {
	return &Hook{api: webapi.New(cfg), files: files, look: webapi.Look{Username: cfg.Username, IconEmoji: cfg.IconEmoji}}
}

// Disconnect ends the connections that are kept, when nothing is to be sent any more.
func (h *Hook) Disconnect() { h.api.CloseIdleConnections() }

// hookChat stands for the channel of the webhook, of which Slack does not tell.
const hookChat = "webhook"

// Name is slack.
func (h *Hook) Name() string { return Name }

// Chat is the webhook.
func (h *Hook) Chat(*sessionsv1.SessionRecord) string { return hookChat }

// Current is the webhook itself.
func (h *Hook) Current(chat string) string { return chat }

// Account is the webhook: Slack allows one message a second.
func (h *Hook) Account(deliver.Place) string { return hookChat }

// Open posts the visitor's card. The thread's name is made up: nobody will write there.
func (h *Hook) Open(ctx context.Context, chat string, record *sessionsv1.SessionRecord) (at deliver.Place, carded bool, err error) {
	if err := h.post(ctx, cardText(record, false)); err != nil {
		return deliver.Place{}, false, err
	}
	return deliver.Place{Chat: chat, Thread: digest(record.GetSession().GetId())}, true, nil
}

// Plan is a message for each part of the text. The card is none of them.
func (h *Hook) Plan(post deliver.Post, shown []string) []deliver.Call {
	return plan(post, h.link, shown)
}

// link is the address of a file: none is sent on.
func (h *Hook) link(a *bellhopv1.Attachment) string { return reachable(h.files.Address(a)) }

// Send posts a part of a post. There is no id by which it could be changed.
func (h *Hook) Send(ctx context.Context, _ deliver.Place, post deliver.Post, part int) ([]string, error) {
	if cardAlone(post) {
		return nil, nil // it was posted to open
	}
	show := partOf(post, h.link, part)
	if show.Blocks != nil {
		show.Blocks = append(show.Blocks, webapi.Small("🔖 "+brief.Short(post.Record)))
	}
	return nil, textual(failure(h.api.PostWebhook(ctx, show, h.look)), post)
}

// Edit does nothing: what was posted stays as it was.
func (h *Hook) Edit(context.Context, *bellhopv1.PlatformMessage, deliver.Post, int) error { return nil }

// Delete does nothing, for the same reason.
func (h *Hook) Delete(context.Context, *bellhopv1.PlatformMessage) error { return nil }

// SayClosed does nothing: Close says so, and names the conversation.
func (h *Hook) SayClosed(context.Context, deliver.Place, string) error { return nil }

// Close posts that the conversation was closed, and whose it was.
func (h *Hook) Close(ctx context.Context, _ deliver.Place, record *sessionsv1.SessionRecord) error {
	line := closedLine(record.GetClosedBy()).Plain(" · ").Bold(brief.Visitor(record)).Plain(" · ").Code(brief.Short(record))
	return lenient(h.post(ctx, line))
}

// Reopen does nothing: the visitor's message that asks for it is posted next.
func (h *Hook) Reopen(context.Context, deliver.Place, *sessionsv1.SessionRecord) error { return nil }

// Typing does nothing.
func (h *Hook) Typing(context.Context, deliver.Place) error { return nil }

// TypingLasts is long: nothing is shown.
func (h *Hook) TypingLasts() time.Duration { return time.Hour }

// Probe can't ask without posting; the next message will tell.
func (h *Hook) Probe(context.Context) error { return nil }

func (h *Hook) post(ctx context.Context, text *webapi.Text) error {
	return failure(h.api.PostWebhook(ctx, text.Content(), h.look))
}
