package discord

import (
	"context"
	"fmt"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

// closedLine says who closed a conversation.
func closedLine(by string) api.NewMessage {
	words, name := brief.Closed(by)
	t := new(api.Text).Plain(words)
	if name != "" {
		t.Bold(name)
	}
	return api.NewMessage{Embeds: []api.Embed{{Description: t.String(), Color: grey}}, Flags: api.SuppressNotifications}
}

// SayClosed posts who closed the conversation. Until it is known to stand, every try is the same to Discord.
func (b *Bot) SayClosed(ctx context.Context, at deliver.Place, by string) error {
	if err := b.gate.pass(ctx); err != nil {
		return err
	}
	line := closedLine(by)
	line.Nonce = b.closingNonce(at.Thread)
	_, err := b.client.CreateMessage(ctx, at.Thread, line)
	if kind := api.KindOf(err); kind != api.KindUnknown && kind != api.KindRateLimited {
		b.mu.Lock()
		delete(b.closing, at.Thread)
		b.mu.Unlock()
	}
	return failure(err)
}

func (b *Bot) closingNonce(thread string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing[thread] == "" {
		b.closing[thread] = api.Nonce("closed", thread, string(id.NewMessage()))
	}
	return b.closing[thread]
}

// Close archives and locks a thread: archived alone would only be idle. Its tag says so too, if the forum has one.
func (b *Bot) Close(ctx context.Context, at deliver.Place, record *sessionsv1.SessionRecord) error {
	thread, tags, err := b.turn(ctx, at, tagClosed, tagOpen)
	if err != nil {
		return lenient(err)
	}
	if thread.Closed() {
		return nil
	}
	yes, no := true, false
	if thread.Thread != nil && thread.Thread.Archived { // nothing of an archived thread can be changed
		if _, err := b.client.EditThread(ctx, at.Thread, api.ThreadEdit{Archived: &no}, reason(record, "closing")); err != nil {
			return lenient(err)
		}
	}
	_, err = b.client.EditThread(ctx, at.Thread, api.ThreadEdit{Archived: &yes, Locked: &yes, Tags: tags}, reason(record, "closed"))
	return lenient(err)
}

// Reopen opens and unlocks a thread.
func (b *Bot) Reopen(ctx context.Context, at deliver.Place, record *sessionsv1.SessionRecord) error {
	thread, tags, err := b.turn(ctx, at, tagOpen, tagClosed)
	if err != nil {
		return lenient(err)
	}
	if tags == nil && thread.Thread != nil && !thread.Thread.Archived && !thread.Thread.Locked {
		return nil
	}
	no := false
	_, err = b.client.EditThread(ctx, at.Thread, api.ThreadEdit{Archived: &no, Locked: &no, Tags: tags}, reason(record, "reopened"))
	return lenient(err)
}

// turn reads how a thread stands and which tags it should have.
func (b *Bot) turn(ctx context.Context, at deliver.Place, on, off string) (thread api.Channel, tags *[]string, err error) {
	if err := b.gate.pass(ctx); err != nil {
		return thread, nil, err
	}
	home, err := b.home.get(ctx)
	if err != nil {
		return thread, nil, homeless(err)
	}
	if thread, err = b.client.GetChannel(ctx, at.Thread); err != nil {
		return thread, nil, err
	}
	if home.ID == thread.ParentID {
		tags = turned(home, thread, on, off)
	}
	return thread, tags, nil
}

// reason is for the server's audit log.
func reason(record *sessionsv1.SessionRecord, what string) string {
	return fmt.Sprintf("%s by Bellhop, conversation %s", what, brief.Short(record))
}

// inOpen makes a call that fails in archived threads. Such a thread is opened for it, and put back if it was closed by somebody.
func (b *Bot) inOpen(ctx context.Context, thread string, call func() error) error {
	if err := b.gate.pass(ctx); err != nil {
		return err
	}
	err := call()
	if api.KindOf(err) != api.KindThreadClosed {
		return err
	}
	no, yes := false, true
	opened, err := b.client.EditThread(ctx, thread, api.ThreadEdit{Archived: &no}, "a message is changed")
	if err != nil {
		return err
	}
	err = call()
	if opened.Thread != nil && opened.Thread.Locked {
		_, again := b.client.EditThread(ctx, thread, api.ThreadEdit{Archived: &yes}, "a message was changed")
		if err == nil {
			err = again
		}
	}
	return err
}

// Probe tells whether the bot is known, the channel is there, and everything that is needed is allowed in it.
func (b *Bot) Probe(ctx context.Context) error {
	channel, err := b.client.GetChannel(ctx, b.Config.Channel)
	if err != nil {
		return homeless(err)
	}
	rights, err := b.client.GetOwnPermissions(ctx, channel)
	if err != nil {
		return homeless(err)
	}
	var missing []string
	for _, need := range api.Missing(channel.Type, rights) {
		if need.Weight == api.Vital {
			missing = append(missing, need.Name)
		}
	}
	if len(missing) > 0 {
		return &deliver.Failure{Kind: deliver.Forbidden, Err: fmt.Errorf("the bot needs more permissions in its channel: %s", strings.Join(missing, ", "))}
	}
	return nil
}
