package server

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

const (
	// maxWindow bounds a window of statistics: a number for each of its days is answered.
	maxWindow = 400 * 24 * time.Hour
	day       = 24 * time.Hour
	// maxCounted is how many sessions are looked at: about 20 µs each with SQLite, so a second for all.
	maxCounted = 50_000
)

// Stats counts by going through the sessions, the latest first. What a conversation's summary says costs no reading of messages;
// only those of one that began before the window and went on in it, or went on after it, are read to be counted.
func (s *Server) Stats(ctx context.Context, req *sessionsv1.StatsRequest) (*sessionsv1.StatsResponse, error) {
	project, err := projectOf(req)
	if err != nil {
		return nil, err
	}
	w := window{from: req.GetFrom().AsTime(), to: req.GetTo().AsTime()}
	switch {
	case req.GetFrom().CheckValid() != nil:
		return nil, invalid("from", "is no instant")
	case req.GetTo().CheckValid() != nil || !w.to.After(w.from):
		return nil, invalid("to", "is not after from")
	case w.to.Sub(w.from) > maxWindow:
		return nil, invalid("to", "is more than 400 days after from")
	}
	c := &count{window: w, answer: &sessionsv1.StatsResponse{Conversations: make([]int64, w.days())}, read: s.written}
	for token, more := "", true; more; more = token != "" {
		if c.answer.Sessions >= maxCounted {
			c.answer.Truncated = true
			break
		}
		records, next, err := s.page(ctx, project, "", maxPage, token)
		if err != nil {
			return nil, err
		}
		for _, record := range records {
			if err := c.add(ctx, record); err != nil {
				return nil, err
			}
		}
		token = next
	}
	return c.total(), nil
}

// window is from an instant, included, to another, excluded.
type window struct{ from, to time.Time }

func (w window) holds(t time.Time) bool { return !t.Before(w.from) && t.Before(w.to) }

func (w window) days() int { return int((w.to.Sub(w.from) + day - 1) / day) }

// count is statistics while they are made.
type count struct {
	window window
	answer *sessionsv1.StatsResponse
	waits  []time.Duration
	read   func(context.Context, store.Key, window) (int64, error)
}

func (c *count) add(ctx context.Context, record *sessionsv1.SessionRecord) error {
	session, sum := record.GetSession(), record.GetSummary()
	c.answer.Sessions++
	if waiting(record) {
		c.answer.Unanswered++
	}
	if at := session.GetCsat().GetRespondedAt(); at != nil && c.window.holds(at.AsTime()) {
		c.answer.Ratings++
		c.answer.Score += int64(session.GetCsat().GetScore())
		if session.GetCsat().GetScore() >= 4 {
			c.answer.Satisfied++
		}
	}
	began := session.GetCreatedAt().AsTime()
	if c.window.holds(began) {
		c.answer.Conversations[began.Sub(c.window.from)/day]++
		if sum.GetAnswered() {
			c.answer.Answered++
		}
		if sum.GetFirstAskedAt() != nil && sum.GetFirstAnsweredAt() != nil {
			c.waits = append(c.waits, sum.GetFirstAnsweredAt().AsTime().Sub(sum.GetFirstAskedAt().AsTime()))
		}
	}
	return c.messages(ctx, record)
}

// messages counts what was written within the window.
func (c *count) messages(ctx context.Context, record *sessionsv1.SessionRecord) error {
	session, sum := record.GetSession(), record.GetSummary()
	first, last := sum.GetFirstMessageAt().AsTime(), sum.GetLastMessageAt().AsTime()
	switch {
	case sum.GetMessages() == 0 || last.Before(c.window.from) || !first.Before(c.window.to):
		return nil
	case c.window.holds(first) && c.window.holds(last):
		c.answer.Messages += sum.GetMessages()
		return nil
	}
	n, err := c.read(ctx, store.Key{Project: id.Project(record.GetProject()), Session: id.Session(session.GetId())}, c.window)
	c.answer.Messages += n
	return err
}

func (c *count) total() *sessionsv1.StatsResponse {
	if n := len(c.waits); n > 0 {
		slices.Sort(c.waits)
		median := (c.waits[(n-1)/2] + c.waits[n/2]).Seconds() / 2
		c.answer.MedianFirstResponse = &median
	}
	return c.answer
}

// written counts the messages of one session within a window, by reading them.
func (s *Server) written(ctx context.Context, key store.Key, w window) (n int64, err error) {
	after, more := uint64(0), true
	for more {
		var messages []*sessionsv1.MessageRecord
		if messages, more, err = s.store.Messages(ctx, key, store.Query{Limit: maxPage, ContentAfter: &after}); err != nil {
			return 0, fmt.Errorf("count messages: %w", err)
		}
		for _, m := range messages {
			after = m.GetContentSeq()
			if w.holds(m.GetMessage().GetTimestamp().AsTime()) {
				n++
			}
		}
	}
	return n, nil
}
