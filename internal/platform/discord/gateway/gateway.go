package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/platform/discord"
)

// Session is what a lost connection is resumed from. Its zero value begins anew.
type Session struct {
	ID        string `json:"id"`
	ResumeURL string `json:"resume_url"`
	Seq       int64  `json:"seq"`
}

func (s Session) resumable() bool { return s.ID != "" && s.Seq > 0 }

// Event is one thing that happened.
type Event struct {
	// Type is MESSAGE_CREATE and the like. READY is the first of a new session: what happened before it, after the last event
	// of another session, was not told.
	Type string
	Data json.RawMessage
	// Session is what to resume from once this event is handled.
	Session Session
}

// Options say how to connect.
type Options struct {
	Token   string
	Intents discord.Intents
	// Info answers where the gateway is, and how many sessions may still be begun.
	Info func(ctx context.Context) (discord.GatewayInfo, error)
	// Handle is called for one event after the other, in order. It returns when the event is stored; an error ends everything.
	Handle func(ctx context.Context, ev Event) error
	// Tell is told what is wrong with the connection, and "" when it works.
	Tell func(problem string)
	Log  *zap.Logger
	// Pause before a second connection; it doubles up to a minute. 0 means a second.
	Pause time.Duration
}

// Fatal is an end after which connecting again changes nothing.
type Fatal struct {
	Code   int
	Advice string
}

func (f *Fatal) Error() string {
	return fmt.Sprintf("discord gateway: closed with %d: %s", f.Code, f.Advice)
}

const (
	// queued is how many events may wait for the handler. Beyond it the connection is given up until they have been handled:
	// Discord keeps what follows for some minutes.
	queued = 4096
	// longestPause is the most between two connections.
	longestPause = time.Minute
	// resumeTries is how often a session is resumed where it was; then where sessions begin.
	resumeTries = 3
)

// client is one running connection with its successors.
type client struct {
	Options
	queue chan Event
	// session is what was received and queued so far.
	session    Session
	failures   int // connections in a row that did not work
	identified time.Time
}

// Run connects and hands over events until ctx ends (nil), the handler fails (its error), or only a person can help (a *Fatal).
// from is what an earlier Run, perhaps of another process, has handled last.
func Run(ctx context.Context, o Options, from Session) error {
	if o.Pause <= 0 {
		o.Pause = time.Second
	}
	c := &client{Options: o, queue: make(chan Event, queued), session: from}
	ctx, cancel := context.WithCancelCause(ctx)
	handled := make(chan struct{})
	go func() {
		defer close(handled)
		if err := c.handle(ctx); err != nil {
			cancel(err)
		}
	}()
	err := c.connect(ctx)
	if err == nil {
		err = context.Cause(ctx)
	}
	cancel(nil)
	<-handled
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// handle hands over what is queued.
func (c *client) handle(ctx context.Context) error {
	for {
		select {
		case ev := <-c.queue:
			if err := c.Handle(ctx, ev); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// connect makes one connection after the other.
func (c *client) connect(ctx context.Context) error {
	for ctx.Err() == nil {
		end := c.once(ctx)
		if ctx.Err() != nil {
			return nil
		}
		pause, err := c.judge(end)
		if err != nil {
			return err
		}
		c.Log.Info("gateway connection ended", zap.Error(end), zap.Bool("resumes", c.session.resumable()), zap.Duration("again_in", pause))
		if !sleep(ctx, pause) || !c.drained(ctx) {
			return nil
		}
	}
	return nil
}

// judge says after which pause the next connection is made.
func (c *client) judge(end error) (time.Duration, error) {
	c.failures++
	if closed, ok := errors.AsType[*closedError](end); ok {
		ending, advice := discord.EndingOf(closed.code)
		switch ending {
		case discord.EndingFatal:
			return 0, &Fatal{Code: closed.code, Advice: advice}
		case discord.EndingAnew:
			c.session = Session{}
		}
	}
	if invalid, ok := errors.AsType[*invalidError](end); ok {
		if !invalid.resumable {
			c.session = Session{}
		}
		return c.Pause + rand.N(4*c.Pause), nil // Discord asks for 1 to 5 seconds
	}
	if errors.Is(end, errReconnect) {
		return rand.N(c.Pause), nil
	}
	if c.failures > 1 { // one connection may break without anybody having to know
		c.Tell("the gateway cannot be reached: " + end.Error())
	}
	pause := min(c.Pause<<min(c.failures-1, 10), longestPause)
	return pause/2 + rand.N(pause/2+1), nil
}

// drained waits until the handler has caught up.
func (c *client) drained(ctx context.Context) bool {
	for len(c.queue) > queued/2 {
		if !sleep(ctx, c.Pause) {
			return false
		}
	}
	return true
}

// ready is called when a session has begun or goes on.
func (c *client) ready() {
	c.failures = 0
	c.Tell("")
}

// sleep waits, and tells whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
