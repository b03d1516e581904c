package slack

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

var errArchived = errors.New("slack: the channel is archived")

// once posts a message, unless it stands already: one that was tried without an answer is looked for first, and then shows
// what it is to show now. since is how old what it shows is.
func (s *Sender) once(ctx context.Context, m webapi.Outgoing, since time.Time) (ts string, err error) {
	thread := threadKey(m.Place)
	key := thread + " " + m.Mark.ID
	if m.Thread == "" {
		thread = key
	}
	if doubt, after := s.doubts.about(key, thread, since); doubt != none {
		found, err := s.api.Find(ctx, m.Place, m.Mark.ID, after)
		if err == nil && m.Thread != "" {
			s.doubts.root(threadKey(m.Place))
		}
		switch {
		case err == nil && found.TS != "":
			if err := s.confirm(ctx, m, found); err != nil {
				return "", err
			}
			s.doubts.settle(key, thread, found.TS)
			return found.TS, nil
		case err != nil && (doubt == certain || webapi.KindOf(err) == webapi.KindThreadGone):
			return "", failure(err)
		}
	}
	posted, err := s.post(ctx, m)
	switch {
	case webapi.KindOf(err) == webapi.KindUnknown:
		s.doubts.arise(key, since)
		return "", failure(err)
	case err != nil:
		s.doubts.refuse(key)
		return "", failure(err)
	case posted.Orphan || !s.seen(ctx, m.Place):
		s.doubts.refuse(key)
		return "", s.takeBack(ctx, posted)
	}
	s.doubts.settle(key, thread, posted.TS)
	return posted.TS, nil
}

// seen tells whether what was posted to a place can be seen there: Slack may take an answer to a thread that is gone. It is looked
// after if the thread was not seen yet, or its first message was deleted since; and else as often as Slack allows, because the news of a
// deletion takes its time.
func (s *Sender) seen(ctx context.Context, in webapi.Place) bool {
	if in.Thread == "" || s.doubts.isRooted(threadKey(in)) && !s.doubts.checks.Allow() {
		return true
	}
	switch webapi.KindOf(s.api.CheckThread(ctx, in)) {
	case webapi.KindNone:
		s.doubts.root(threadKey(in))
	case webapi.KindThreadGone:
		return false
	}
	return true // unless Slack says otherwise
}

// Hear listens to what inbound tells of threads: when a first message was deleted, the next post there is looked after.
func (s *Sender) Hear(b *bus.Bus) (stop func(), err error) {
	return b.OnSignal(webapi.SignalThread, func(_ id.Project, _ id.Session, payload []byte) {
		if place, ok := webapi.DecodePlace(payload); ok {
			s.doubts.unroot(threadKey(place))
		}
	})
}

func threadKey(in webapi.Place) string { return in.Channel + " " + in.Thread }

// confirm makes a message that was found show what it should.
func (s *Sender) confirm(ctx context.Context, m webapi.Outgoing, found webapi.Message) error {
	if found.Mark.Version != m.Mark.Version {
		if err := s.api.Update(ctx, webapi.Ref{Channel: m.Channel, TS: found.TS}, m.Content, m.Mark); err != nil {
			return failure(err)
		}
	}
	s.log.Info("a post without an answer stands already")
	return nil
}

// takeBack removes an answer to a thread that is not there any more, which Slack has put into the channel.
func (s *Sender) takeBack(ctx context.Context, posted webapi.Posted) error {
	if err := s.api.Delete(ctx, posted.Ref); err != nil {
		s.log.Warn("an answer stands in the channel because its thread is gone", zap.Error(err))
	}
	return &deliver.Failure{Kind: deliver.ThreadGone, Err: errOrphan}
}

var errOrphan = errors.New("slack: the thread is gone")

// post posts as the bot is to appear, and joins the channel if it is a member no more. What Slack has refused can be sent again at
// once: it was not done.
func (s *Sender) post(ctx context.Context, m webapi.Outgoing) (webapi.Posted, error) {
	m.Look = s.looks.get()
	posted, err := s.api.Post(ctx, m)
	if refused, ok := errors.AsType[*webapi.Error](err); ok && refused.Needed == webapi.ScopeCustomize && m.Look != (webapi.Look{}) {
		s.looks.refused.Store(true)
		s.log.Warn("SLACK_USERNAME and SLACK_ICON_EMOJI need the scope " + webapi.ScopeCustomize)
		m.Look = webapi.Look{}
		posted, err = s.api.Post(ctx, m)
	}
	if webapi.KindOf(err) != webapi.KindNotInChannel {
		return posted, err
	}
	if joined := s.api.Join(ctx, m.Channel); joined != nil {
		return posted, err
	}
	return s.api.Post(ctx, m)
}

// looks is how the bot appears, as far as it is allowed to.
type looks struct {
	look    webapi.Look
	refused atomic.Bool
}

func (l *looks) get() webapi.Look {
	if l.refused.Load() {
		return webapi.Look{}
	}
	return l.look
}

// textual tells that a post without formatting, which was refused, will never be taken.
func textual(err error, post deliver.Post) error {
	failed, ok := errors.AsType[*deliver.Failure](err)
	if ok && failed.Kind == deliver.TextRefused && post.Plain {
		return &deliver.Failure{Kind: deliver.Refused, Err: failed.Err}
	}
	return err
}
