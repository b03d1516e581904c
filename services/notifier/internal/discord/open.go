package discord

import (
	"context"
	"strings"
	"time"

	"go.uber.org/zap"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

// Open opens a thread whose first message is the visitor's card. If an earlier try got no answer it looks for what that has made.
func (b *Bot) Open(ctx context.Context, chat string, record *sessionsv1.SessionRecord) (at deliver.Place, carded bool, err error) {
	session := record.GetSession().GetId()
	channel, err := b.home.get(ctx)
	if err != nil {
		return at, false, homeless(err)
	}
	thread, err := b.lookup(ctx, channel, record)
	if thread == "" && err == nil {
		thread, err = b.open(ctx, channel, record)
	}
	switch api.KindOf(err) {
	case api.KindThreadLimit:
		if b.makeRoom(ctx, channel) {
			thread, err = b.open(ctx, channel, record)
		}
	case api.KindTagRequired:
		b.home.forget()
		if channel, err = b.home.get(ctx); err == nil {
			thread, err = b.open(ctx, channel, record)
		}
	}
	b.remember(session, api.KindOf(err) == api.KindUnknown)
	if err != nil {
		return at, false, homeless(err)
	}
	return deliver.Place{Chat: chat, Thread: thread}, true, nil
}

// open opens a thread, in a forum with one call, in a text channel with two, both of which may be repeated.
func (b *Bot) open(ctx context.Context, channel api.Channel, record *sessionsv1.SessionRecord) (thread string, err error) {
	if err := b.gate.pass(ctx); err != nil {
		return "", err
	}
	t := api.NewThread{Name: title(record), AutoArchive: b.Config.AutoArchive}
	card := b.cardMessage(record)
	if channel.Type.IsForum() {
		t.Tags = firstTags(channel)
		made, err := b.client.CreatePost(ctx, b.Config.Channel, t, card)
		return made.ID, err
	}
	// The thread that was lost makes the next another one.
	card.Nonce = api.Nonce("card", record.GetSession().GetId(), record.GetPlatforms()[Name].GetThread())
	root, err := b.client.CreateMessage(ctx, b.Config.Channel, card)
	if err != nil {
		return "", err
	}
	_, err = b.client.StartThread(ctx, b.Config.Channel, root.ID, t)
	if api.KindOf(err) == api.KindThreadExists {
		err = nil
	}
	return root.ID, err
}

// remember keeps in mind that a session's thread may have been opened.
func (b *Bot) remember(session string, unknown bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, already := b.opening[session]; unknown && !already {
		b.opening[session] = time.Now()
	} else if !unknown {
		delete(b.opening, session)
	}
}

// clockSkew is how far Discord's clock may be behind ours.
const clockSkew = time.Minute

// lookup finds the post that an earlier try has made in a forum, if there was one that got no answer.
func (b *Bot) lookup(ctx context.Context, channel api.Channel, record *sessionsv1.SessionRecord) (thread string, err error) {
	b.mu.Lock()
	since, unknown := b.opening[record.GetSession().GetId()]
	b.mu.Unlock()
	if !unknown || !channel.Type.IsForum() {
		return "", nil
	}
	threads, err := b.client.ActiveThreads(ctx, channel.GuildID)
	if err != nil {
		return "", err
	}
	oldest := api.IDAt(since.Add(-clockSkew))
	for _, t := range threads {
		if t.ParentID != channel.ID || t.OwnerID != b.Config.BotID() || t.Name != title(record) || api.OlderID(t.ID, oldest) {
			continue
		}
		first, err := b.client.GetMessage(ctx, t.ID, t.ID)
		if err == nil && len(first.Embeds) > 0 && strings.Contains(first.Embeds[0].Description, "`"+brief.Short(record)+"`") {
			b.Log.Info("the thread was opened although no answer came", zap.String("thread", t.ID))
			return t.ID, nil
		}
	}
	return "", nil
}

// makeRoom archives the thread of the channel that was idle for longest: a server may have so many active threads and no more.
func (b *Bot) makeRoom(ctx context.Context, channel api.Channel) bool {
	threads, err := b.client.ActiveThreads(ctx, channel.GuildID)
	if err != nil {
		return false
	}
	var idle *api.Channel
	for i, t := range threads {
		if t.ParentID == channel.ID && (idle == nil || api.OlderID(lastWord(t), lastWord(*idle))) {
			idle = &threads[i]
		}
	}
	if idle == nil {
		b.Log.Error("the server has as many active threads as it may have, none of them in this channel")
		return false
	}
	b.Log.Warn("the server has as many active threads as it may have: the one that was idle for longest is archived", zap.String("thread", idle.ID))
	archived := true
	_, err = b.client.EditThread(ctx, idle.ID, api.ThreadEdit{Archived: &archived}, "room for another conversation")
	return err == nil
}

// lastWord is the newest message of a thread, or the thread itself.
func lastWord(t api.Channel) string {
	if t.LastMessageID != "" {
		return t.LastMessageID
	}
	return t.ID
}
