package bellhop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	// heartbeat is how often Bellhop says something on a quiet stream.
	heartbeat = 15 * time.Second
	// settled is how long a stream must have stood, or brought an event, for its end not to count as one more failure in a row.
	settled = 10 * time.Second
)

// Listen hears events and calls the handlers, until ctx ends; then it answers ctx.Err(). A connection that is lost is made again, for
// ever, with growing and jittered pauses, and goes on behind the last event that was handled, which Options.Position keeps.
//
// Events are handled one at a time, in order, at least once. A handler that fails is called again with growing pauses of up to a
// minute until it returns nil; nothing else is handled meanwhile, and the handlers that took the event already are not called
// again. A handler that wants to give up logs what it must and returns nil. Of a signal (an event without an ID) errors are only logged.
//
// Only what cannot get better by itself ends it early: that the very first connection is refused for good, because of a wrong
// key, say (an *Error), or that the position cannot be loaded.
func (c *Client) Listen(ctx context.Context) error {
	at, err := c.opts.Position.Load(ctx)
	if err != nil {
		return fmt.Errorf("bellhop: load position: %w", err)
	}
	if at == "" && c.opts.FromStart {
		at = "0"
	}
	l := &listening{Client: c, at: at}
	for failures := 0; ; failures++ {
		began := time.Now()
		err := l.once(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var refused *Error
		if errors.As(err, &refused) && !l.connected && refused.Status < 500 && !refused.Temporary() {
			return err
		}
		if l.heard || l.opened && time.Since(began) >= settled {
			failures = 0
		}
		wait := c.reconnect.after(failures)
		if refused != nil {
			wait = max(wait, min(refused.RetryAfter, patience))
		}
		c.opts.Logger.Info("bellhop: the stream of events is opened again", "pause", wait, "reason", err)
		if err := rest(ctx, wait); err != nil {
			return err
		}
	}
}

// listening is one call of Listen.
type listening struct {
	*Client
	at string // the last event that was handled; "" while nothing is known of where the stream is
	// connected tells whether there was ever a stream; opened and heard whether the latest one began, and brought an event.
	connected, opened, heard bool
}

// once opens a stream and handles what comes over it until it ends.
func (l *listening) once(ctx context.Context) error {
	again := l.connected
	l.opened, l.heard = false, false
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	body, err := l.open(ctx, cancel)
	if err != nil {
		return err
	}
	defer body.Close()
	l.connected, l.opened = true, true
	if again && l.at == "" {
		if err := l.settle(ctx, l.resetSteps(Reset{"the connection was lost before the first event, so what happened meanwhile is not known"})); err != nil {
			return err
		}
	}
	read := newFrames(body)
	for {
		f, err := read.next()
		if errors.Is(err, io.EOF) {
			return errors.New("bellhop: the stream has ended")
		}
		if err != nil {
			return fmt.Errorf("bellhop: read the stream: %w", err)
		}
		if err := l.handle(ctx, f); err != nil {
			return err
		}
	}
}

// open connects. A stream that is silent for too long is ended by cancel.
func (l *listening) open(ctx context.Context, cancel context.CancelFunc) (io.ReadCloser, error) {
	req, err := l.request(ctx, http.MethodGet, l.address(url.Values{"include": {"visitor"}}, "api", "events", "stream"), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/event-stream")
	if l.at != "" {
		req.Header.Set("Last-Event-ID", l.at)
	}
	timer := time.AfterFunc(l.idle, cancel)
	answer, err := l.stream.Do(req)
	timer.Stop()
	if err != nil {
		return nil, fmt.Errorf("bellhop: open the stream: %w", bare(err))
	}
	if answer.StatusCode != http.StatusOK {
		defer answer.Body.Close()
		told, _ := io.ReadAll(io.LimitReader(answer.Body, maxRefusal)) // the status alone says enough
		return nil, refusal(answer, told)
	}
	return &watched{answer.Body, time.AfterFunc(l.idle, cancel), l.idle}, nil
}

// handle does what a frame asks for, and remembers that it was done.
func (l *listening) handle(ctx context.Context, f frame) error {
	var todo []step
	switch {
	case f.name == "reset":
		todo = l.resetSteps(Reset{"Bellhop does not have the events any more that came after the last one that was handled"})
	case len(f.data) > 0 && (f.name == "" || f.name == "message"):
		e, err := parse(f.data)
		if err != nil { // it will not be another one the next time
			l.opts.Logger.Error("bellhop: an event cannot be read and is left out", "id", f.id, "reason", err)
			break
		}
		e.ID = f.id
		todo = l.steps(e)
	}
	if f.id == "" {
		l.signal(ctx, todo)
		return nil
	}
	l.heard = l.heard || len(f.data) > 0
	todo = append(todo, func(ctx context.Context) error { return l.opts.Position.Save(ctx, f.id) })
	if err := l.settle(ctx, todo); err != nil {
		return err
	}
	l.at = f.id
	return nil
}

// signal does what never comes again.
func (l *listening) signal(ctx context.Context, todo []step) {
	for _, do := range todo {
		if err := do(ctx); err != nil {
			l.opts.Logger.Warn("bellhop: a handler of a signal failed", "reason", err)
		}
	}
}

// settle does one thing after the other, each until it is done.
func (l *listening) settle(ctx context.Context, todo []step) error {
	for _, do := range todo {
		for n := 0; ; n++ {
			err := do(ctx)
			if err == nil {
				break
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			wait := l.rehandle.after(n)
			l.opts.Logger.Warn("bellhop: a handler failed and is called again", "attempt", n+1, "pause", wait, "reason", err)
			if err := rest(ctx, wait); err != nil {
				return err
			}
		}
	}
	return nil
}

// watched is a body whose silence is bounded: the timer runs while something is waited for.
type watched struct {
	io.ReadCloser
	timer *time.Timer
	idle  time.Duration
}

func (w *watched) Read(p []byte) (int, error) {
	w.timer.Reset(w.idle)
	defer w.timer.Stop()
	return w.ReadCloser.Read(p)
}

func (w *watched) Close() error {
	w.timer.Stop()
	return w.ReadCloser.Close()
}
