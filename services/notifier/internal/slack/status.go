package slack

import (
	"context"
	"errors"
	"sync"
	"time"

	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

const (
	// typingLasts is how long typing is shown after the visitor's last key. Slack would show it for two minutes.
	typingLasts = 10 * time.Second
	// typingTimeout bounds taking it back.
	typingTimeout = 3 * time.Second
	// quietFor is how long nothing is shown after Slack has said that this app may not.
	quietFor = time.Hour
)

// statuses takes back what is shown for a while. Slack itself ends it with the bot's next message.
type statuses struct {
	// clear takes one back.
	clear func(deliver.Place)
	now   func() time.Time

	mu      sync.Mutex
	timers  map[deliver.Place]timed
	times   int
	quiet   time.Time
	stopped bool
	running sync.WaitGroup
}

// timed is one time that a status was shown.
type timed struct {
	which int
	timer *time.Timer
}

func newStatuses(api *webapi.Client) *statuses {
	return &statuses{now: time.Now, timers: map[deliver.Place]timed{}, clear: func(at deliver.Place) {
		ctx, cancel := context.WithTimeout(context.Background(), typingTimeout)
		defer cancel()
		_ = api.SetStatus(ctx, webapi.Place{Channel: at.Chat, Thread: at.Thread}, "") // Slack ends it as well, later
	}}
}

// Typing shows in a thread that the visitor is typing. What Slack says against it is no reason to leave the channel alone.
func (s *Sender) Typing(ctx context.Context, at deliver.Place) error {
	if s.status.silent() {
		return nil
	}
	err := s.api.SetStatus(ctx, webapi.Place{Channel: at.Chat, Thread: at.Thread}, "is typing…")
	switch kind := webapi.KindOf(err); kind {
	case webapi.KindNone:
		s.status.shown(at)
		return nil
	case webapi.KindUnknown, webapi.KindUnreachable, webapi.KindThreadGone:
		return failure(err)
	case webapi.KindRateLimited:
		if limited, ok := errors.AsType[*webapi.Error](err); ok {
			s.status.hush(limited.RetryAfter)
		}
		return nil
	}
	s.status.hush(quietFor)
	return failure(err)
}

// TypingLasts is how long that is seen.
func (s *Sender) TypingLasts() time.Duration { return typingLasts }

func (st *statuses) silent() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.stopped || st.now().Before(st.quiet)
}

func (st *statuses) hush(d time.Duration) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.quiet = st.now().Add(d)
}

// shown arranges that a status ends.
func (st *statuses) shown(at deliver.Place) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.stopped {
		return
	}
	if before, known := st.timers[at]; known {
		before.timer.Stop()
	}
	st.times++
	which := st.times
	st.timers[at] = timed{which, time.AfterFunc(typingLasts, func() { st.end(at, which) })}
}

// end takes a status back, unless it was shown again meanwhile.
func (st *statuses) end(at deliver.Place, which int) {
	st.mu.Lock()
	due := st.timers[at].which == which && !st.stopped
	if due {
		delete(st.timers, at)
		st.running.Add(1)
	}
	st.mu.Unlock()
	if !due {
		return
	}
	defer st.running.Done()
	st.clear(at)
}

// ended forgets a status that a message has ended.
func (st *statuses) ended(at deliver.Place) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if t, known := st.timers[at]; known {
		t.timer.Stop()
		delete(st.timers, at)
	}
}

// stop ends everything, and waits for what is under way.
func (st *statuses) stop() {
	st.mu.Lock()
	st.stopped = true
	for at, t := range st.timers {
		t.timer.Stop()
		delete(st.timers, at)
	}
	st.mu.Unlock()
	st.running.Wait()
}
