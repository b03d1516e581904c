package office

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

const (
	// overtaken is how often a message or a thread is looked for that a gesture names: platforms let reactions overtake what they are
	// put on, and the report of our own post may still be on its way.
	overtaken = 3
	// overtakenPause is the pause in between.
	overtakenPause = 200 * time.Millisecond
)

func (o *Office) find(ctx context.Context, g Gesture) (found receive.Copy, err error) {
	for range overtaken {
		found, err = o.Desk.FindCopy(ctx, o.Project, o.Platform, g.Chat, g.MessageID)
		if !errors.Is(err, receive.ErrNobodys) {
			return found, err
		}
		if err := pause(ctx); err != nil {
			return found, err
		}
	}
	return found, err
}

// locate is the conversation of a gesture's thread. For a thread that was not heard of yet it looks more than once: whoever writes
// in it at once overtakes our own report that it was opened.
func (o *Office) locate(ctx context.Context, g Gesture) (c *receive.Conversation, err error) {
	for range overtaken {
		c, err = o.Desk.Find(ctx, o.thread(g.Chat, g.Thread))
		if !errors.Is(err, receive.ErrNobodys) || o.noticed.Contains(place(g)) {
			return c, err
		}
		if err := pause(ctx); err != nil {
			return nil, err
		}
	}
	return c, err
}

func pause(ctx context.Context) error {
	timer := time.NewTimer(overtakenPause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("find what a gesture is about: %w", ctx.Err())
	}
}

func place(g Gesture) string { return g.Chat + "/" + g.Thread }
