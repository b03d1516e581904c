package feed

import (
	"context"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/span"
	"github.com/bellhop-chat/bellhop/internal/wire"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/absence"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/render"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/screenshot"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// Feed connects the bus to the hub.
type Feed struct {
	Bus       *bus.Bus
	Hub       *hub.Hub
	Directory *session.Directory
	// Presence knows whether somebody of a team is there.
	Presence *Presence
	// Render makes what connections are sent; Place is told how far the bus was heard.
	Render *render.Maker
	Place  *bus.Place
	// Absence notices who leaves, by project.
	Absence map[id.Project]*absence.Watch
	// Screenshots remembers who is asked for a picture, by project; nil for one that takes none: then no page is asked.
	Screenshots map[id.Project]*screenshot.Requests
	// Relay is told every event too, and Missed that there may have been some that it was not told; both may be nil.
	Relay  func(bus.Live)
	Missed func()
	// TypingFor is how long a visitor sees somebody type who says nothing more; 0 for what is usual.
	TypingFor time.Duration
	// Pushed observes how old messages are when they are handed to a visitor's connections: see NewLatency. May be nil.
	Pushed prometheus.Histogram
	Log    *zap.Logger

	typists typists
}

// Run hears events until ctx ends. ready is called when nothing stored from then on will be missed.
func (f *Feed) Run(ctx context.Context, ready func()) error {
	presence := make(chan id.Project, 16)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		f.tellPresence(ctx, presence)
	}()
	defer func() { <-stopped }()
	stop, err := f.Bus.OnSignal(TypingNoun, f.typing)
	if err != nil {
		return fmt.Errorf("hear signals: %w", err)
	}
	defer f.typists.end()
	defer stop()
	return f.Bus.Follow(ctx, bus.FollowSpec{
		OnEvent: func(live bus.Live) { f.hear(live, presence) },
		OnReset: func(uint64) { f.reset(presence) }, OnReady: ready, Place: f.Place, Log: f.Log,
	})
}

// hear takes one stored event. Most are for sessions that this gateway does not hold: they cost two look-ups.
func (f *Feed) hear(live bus.Live, presence chan<- id.Project) {
	f.Directory.Hear(live)
	if f.Relay != nil {
		f.Relay(live)
	}
	key := session.Key{Project: live.Project, Session: live.Session}
	f.note(key, live)
	if live.Type == bus.OperatorStatus {
		f.Presence.forget()
	}
	if live.Session != id.Everyone && f.Hub.Holds(key) == 0 {
		return
	}
	if live.Type == bus.ScreenshotRequested && f.Screenshots[key.Project] == nil || live.Type == bus.CsatRequested && f.Directory.Rated(key) {
		return
	}
	if live.Type == bus.OperatorStatus {
		changed(presence, live.Project)
		return
	}
	ev, err := live.Event()
	if err != nil {
		f.Log.Warn("live event cannot be read", zap.Uint64("seq", live.Seq), zap.Error(err))
		return
	}
	epoch := f.Place.Load().Epoch
	frame := f.Render.Frame(key, ev, epoch)
	if frame.Data == nil {
		return
	}
	if created, ok := ev.Data.(*eventv1.MessageCreated); ok && created.GetMessage().GetSender() != "visitor" {
		f.typists.stop(key) // a message says that its typing has ended
		if at := f.Directory.Space(key, created.GetMessage()); !at.Equal(created.GetMessage().GetTimestamp().AsTime()) {
			created.Message.Timestamp = timestamppb.New(at)
			frame.Spaced = f.Render.Frame(key, ev, epoch).Data
		}
	}
	if live.Session == id.Everyone {
		f.Hub.Broadcast(live.Project, frame)
		return
	}
	f.push(key, live, ev, frame)
}

// push hands a frame to the connections of a session.
func (f *Feed) push(key session.Key, live bus.Live, ev bus.Event, frame hub.Frame) {
	_, s := live.Pushing(context.Background())
	f.Hub.Push(key, frame)
	span.End(s, "")
	if live.Type == bus.MessageCreated && f.Pushed != nil {
		f.Pushed.Observe(max(0, time.Since(ev.Time).Seconds()))
	}
}

// note tells the gateway's other parts what they want to know of every session.
func (f *Feed) note(key session.Key, live bus.Live) {
	switch live.Type {
	case bus.SessionLeft:
		f.Absence[key.Project].Heard(key)
	case bus.ScreenshotRequested, bus.AttachmentStored:
		ev, err := live.Event()
		screenshots := f.Screenshots[key.Project]
		if screenshots == nil || err != nil { // hear logs it
			return
		}
		switch data := ev.Data.(type) {
		case *eventv1.Screenshot:
			screenshots.Hear(key, data)
		case *eventv1.AttachmentStored:
			if data.GetRequestId() != "" {
				screenshots.Answered(key, data.GetRequestId())
			}
		}
	}
}

// reset begins anew after a hole that could not be filled: nothing cached is sure, and every page is shown its conversation
// and whether somebody is there.
func (f *Feed) reset(presence chan<- id.Project) {
	f.Directory.Forget()
	f.Presence.forget()
	if f.Missed != nil {
		f.Missed()
	}
	projects := map[id.Project]bool{}
	f.Hub.Each(func(key session.Key, c hub.Conn) {
		projects[key.Project] = true
		c.Resync()
	})
	for p := range projects {
		changed(presence, p)
	}
}

// changed asks for a look at a project's operators.
func changed(presence chan<- id.Project, p id.Project) {
	select {
	case presence <- p:
	default: // one is on its way already
	}
}

// tellPresence tells a project's visitors whether somebody is there, after an operator's status has changed. It asks the
// sessions service, because one operator's going does not mean that nobody is left.
func (f *Feed) tellPresence(ctx context.Context, changed <-chan id.Project) {
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-changed:
			online, err := backoff.Retry(ctx, func() (bool, error) { return f.Presence.Online(ctx, p) }, backoff.WithNotify(func(err error, _ time.Duration) { f.Log.Warn("operators cannot be asked for", zap.Error(err)) }))
			if err != nil {
				continue // ctx has ended, or nobody has answered for a quarter of an hour
			}
			f.Hub.Broadcast(p, hub.Frame{Data: wire.Frame("presence", wire.Presence{Online: online})})
		}
	}
}
