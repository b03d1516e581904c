package discord

import (
	"context"
	"errors"
	"time"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

const (
	// settling is how long a thread is left to settle before a person is taken to have closed or opened it: the same is told of
	// what the notifier does, without saying whose doing it was, and the notifier reports within milliseconds.
	settling = time.Second
	// typingTimeout bounds the way of a typing notice.
	typingTimeout = time.Second
)

// turned follows a thread that a person locked or unlocked. Archived alone is nobody's doing: idle threads are.
func (b *Bot) turned(ctx context.Context, t api.Channel, mark string) error {
	kind, by, err := b.byHand(ctx, t)
	if err != nil || !by {
		return ctx.Err()
	}
	if !sleep(ctx, b.settling) {
		return ctx.Err()
	}
	now, err := patiently(ctx, b, "a thread", func(ctx context.Context) (api.Channel, error) { return b.client.GetChannel(ctx, t.ID) })
	if err != nil {
		return ctx.Err() // it is gone: there is nothing to follow
	}
	again, by, err := b.byHand(ctx, now)
	if err != nil || !by || again != kind {
		return ctx.Err()
	}
	what := map[office.Kind]string{office.ThreadClosed: "locked", office.ThreadReopened: "unlocked"}[kind]
	return b.do(ctx, office.Gesture{
		Kind: kind, EventID: b.eventID("thread:" + t.ID + ":" + what + ":" + mark), Chat: b.cfg.Channel, Thread: t.ID, By: operator(nil, nil),
	})
}

// byHand tells whether a thread stands otherwise than its conversation and than the notifier has left it.
func (b *Bot) byHand(ctx context.Context, t api.Channel) (kind office.Kind, by bool, err error) {
	if t.Thread == nil {
		return 0, false, nil
	}
	c, err := b.find(ctx, t.ID)
	if err != nil || c == nil {
		return 0, false, err
	}
	left := c.Record.GetPlatforms()[Name].GetThreadStatus()
	switch {
	case t.Thread.Locked && !c.Closed() && left != receive.StatusClosed:
		return office.ThreadClosed, true, nil
	case !t.Thread.Locked && c.Closed() && left == receive.StatusClosed:
		return office.ThreadReopened, true, nil
	}
	return 0, false, nil
}

// find is the conversation of a thread; nil for none. Only ctx's end is an error.
func (b *Bot) find(ctx context.Context, thread string) (c *receive.Conversation, err error) {
	err = stubbornly(ctx, func() (err error) {
		c, err = b.desk.Find(ctx, b.at(thread))
		return err
	})
	if err != nil {
		return nil, ctx.Err()
	}
	return c, nil
}

// known tells whether a message of a thread is one of its conversation. Only ctx's end is an error.
func (b *Bot) known(ctx context.Context, c *receive.Conversation, message string) (known bool, err error) {
	err = stubbornly(ctx, func() error {
		found, err := b.desk.Shown(ctx, c, message)
		known = found != nil
		return err
	})
	if err != nil {
		return false, ctx.Err()
	}
	return known, nil
}

func (b *Bot) at(thread string) receive.Thread {
	return receive.Thread{Project: b.project, Platform: Name, Chat: b.cfg.Channel, Thread: thread}
}

// showTyping tells the visitor that somebody is typing.
func (b *Bot) showTyping(ctx context.Context, thread string) error {
	ctx, cancel := context.WithTimeout(ctx, typingTimeout)
	defer cancel()
	c, err := b.desk.Find(ctx, b.at(thread))
	if errors.Is(err, receive.ErrNobodys) {
		return nil
	}
	if err != nil {
		return err
	}
	return b.desk.Bus.Signal(b.project, c.Session, "typing", []byte(`{"sender":"operator","isTyping":true}`))
}
