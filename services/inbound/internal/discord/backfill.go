package discord

import (
	"context"
	"strconv"
	"time"

	"go.uber.org/zap"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

const (
	// overlap is how far before the newest message that was handled the reading of what was missed begins: messages of different
	// threads are not told in the order in which they were written.
	overlap = time.Minute
	// archivedPage is how many archived threads are asked for at once; Discord allows 100.
	archivedPage = 100
)

// begins is a new session: what was written since the last one is read from the threads. Deletions, reactions and changes of
// older messages in between are lost: Discord does not keep them.
func (s *shift) begins(ctx context.Context) error {
	seen := s.ledger.seen()
	if seen == "" { // the first session ever: nobody can have missed anything, but from now on
		return s.first(ctx)
	}
	from := api.IDAt(api.IDTime(seen).Add(-overlap))
	threads, err := s.missed(ctx, from)
	if err != nil {
		return err
	}
	s.log.Info("the gateway's session was lost: what was missed is read", zap.Int("threads", len(threads)), zap.Time("since", api.IDTime(from)))
	for _, t := range threads {
		if err := s.catchUp(ctx, t, from); err != nil {
			return err
		}
	}
	return nil
}

// first notes when it all began, before anything is handled.
func (s *shift) first(ctx context.Context) error {
	s.ledger.start(api.IDAt(s.now()))
	for delay := firstDelay; !s.save(ctx); delay = min(2*delay, lastStoreDelay) {
		if !sleep(ctx, delay) {
			return ctx.Err()
		}
	}
	return nil
}

// missed are the channel's threads in which something may have happened since from. Only ctx's end is an error.
func (s *shift) missed(ctx context.Context, from string) ([]api.Channel, error) {
	channel, err := patiently(ctx, s.Bot, "the channel", func(ctx context.Context) (api.Channel, error) {
		return s.client.GetChannel(ctx, s.cfg.Channel)
	})
	if err != nil {
		return nil, s.missing(ctx, err)
	}
	active, err := patiently(ctx, s.Bot, "active threads", func(ctx context.Context) ([]api.Channel, error) {
		return s.client.ActiveThreads(ctx, channel.GuildID)
	})
	if err != nil {
		return nil, s.missing(ctx, err)
	}
	var threads []api.Channel
	for _, t := range active {
		if t.ParentID == s.cfg.Channel {
			threads = append(threads, t)
		}
	}
	archived, err := s.archived(ctx, api.IDTime(from))
	s.learn(threads...)
	s.learn(archived...)
	return append(threads, archived...), err
}

// archived are the channel's threads that were archived since then, as messages make idle threads active again.
func (s *shift) archived(ctx context.Context, since time.Time) ([]api.Channel, error) {
	type page struct {
		threads []api.Channel
		more    bool
	}
	var all []api.Channel
	for before := (time.Time{}); ; {
		got, err := patiently(ctx, s.Bot, "archived threads", func(ctx context.Context) (page, error) {
			threads, more, err := s.client.ArchivedThreads(ctx, s.cfg.Channel, before, archivedPage)
			return page{threads, more}, err
		})
		if err != nil {
			return all, s.missing(ctx, err)
		}
		for _, t := range got.threads {
			if t.Thread == nil || t.Thread.TurnedAt.Before(since) {
				return all, nil
			}
			all, before = append(all, t), t.Thread.TurnedAt
		}
		if !got.more || len(got.threads) == 0 {
			return all, nil
		}
	}
}

// missing tells that something can't be read, which a person must change, and goes on.
func (s *shift) missing(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.log.Error("what was missed cannot be read", zap.Error(err))
	s.tell("what was written while the bot was away cannot be read: " + err.Error())
	return nil
}

// catchUp handles a thread's messages since from.
func (s *shift) catchUp(ctx context.Context, t api.Channel, from string) error {
	for after := from; t.LastMessageID != "" && api.OlderID(after, t.LastMessageID); {
		messages, err := patiently(ctx, s.Bot, "a thread's messages", func(ctx context.Context) ([]api.Message, error) {
			return s.client.History(ctx, t.ID, after, api.MaxHistory)
		})
		if err != nil {
			return s.missing(ctx, err)
		}
		for i := range messages {
			if err := s.caughtUp(ctx, &messages[i]); err != nil {
				return err
			}
		}
		if len(messages) < api.MaxHistory {
			break
		}
		after = messages[len(messages)-1].ID
	}
	mark := "read"
	if t.Thread != nil {
		mark += "." + strconv.FormatInt(t.Thread.TurnedAt.UnixMilli(), 10)
	}
	return s.turned(ctx, t, mark)
}

// caughtUp handles one message, unless it is known; then perhaps it was changed.
func (s *shift) caughtUp(ctx context.Context, m *api.Message) error {
	kind := office.Said
	c, err := s.find(ctx, m.ChannelID)
	if err != nil {
		return err
	}
	if c != nil {
		known, err := s.known(ctx, c, m.ID)
		switch {
		case err != nil:
			return err
		case known && m.EditedAt.IsZero():
			return nil
		case known:
			kind = office.Edited
		}
	}
	g, human := s.gesture(m, kind)
	if !human {
		return nil
	}
	return s.Bot.do(ctx, g)
}
