package bus

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// Live is a stored event as it passes by. It is decoded only when somebody wants it: most of what a gateway hears is for
// sessions that it does not hold.
type Live struct {
	Seq     uint64
	Project id.Project
	Session id.Session
	Type    Type
	body    []byte
	header  nats.Header
	tracer  trace.Tracer
}

// Event decodes it.
func (l Live) Event() (Event, error) {
	ev, err := decode(key{l.Project, l.Session, l.Type}, l.body)
	ev.Seq = l.Seq
	return ev, err
}

// Body is the event as it stands on the bus. It must not be changed.
func (l Live) Body() []byte { return l.body }

// FollowSpec describes a live reader.
type FollowSpec struct {
	// OnEvent gets every stored event after the moment of subscribing, once, in stream order. It must not block for long.
	OnEvent func(Live)
	// OnReset says that a hole could not be filled, because it is larger than MaxGap or no longer stored: whoever showed
	// something must show it anew from state. What follows has no holes again. It is also called when the stream was made
	// anew or has lost its end; missed is then the number of events that it holds.
	OnReset func(missed uint64)
	// OnReady is called once, when nothing that is stored from now on will be missed; optional.
	OnReady func()
	// Place, if there is one, is always told how far the follower is before OnEvent and OnReset are called.
	Place *Place
	// MaxGap is the largest hole that is filled from the stream, in events; 20,000.
	MaxGap uint64
	// Buffer is how many events may wait for OnEvent; more are dropped, and read from the stream afterwards; 8,192.
	Buffer int
	Log    *zap.Logger
}

const (
	// tailCheck is how often a follower that hears nothing asks whether there was something: the newest event of all would
	// otherwise be missed unnoticed when the server that should republish it dies.
	tailCheck   = time.Second
	tailTimeout = 5 * time.Second
)

// Follow hears what the stream republishes until ctx ends. The fast path is core NATS, which may drop; the sequence that
// each republished event carries shows every hole, and holes are filled from the stream.
func (b *Bus) Follow(ctx context.Context, spec FollowSpec) error {
	spec.MaxGap = or(spec.MaxGap, 20_000)
	spec.Buffer = or(spec.Buffer, 8192)
	if spec.Log == nil {
		spec.Log = zap.NewNop()
	}
	if spec.OnReset == nil {
		spec.OnReset = func(uint64) {}
	}
	arrived := make(chan *nats.Msg, spec.Buffer)
	sub, err := b.nc.ChanSubscribe(liveFilter("", ""), arrived)
	if err != nil {
		return fmt.Errorf("%w: follow: %w", ErrUnavailable, err)
	}
	defer func() { _ = sub.Unsubscribe() }() // fails only when the connection is closed already
	f := &follower{bus: b, FollowSpec: spec}
	if err := retry(ctx, func() error { return f.begin(ctx) }); err != nil {
		return nil // ctx has ended
	}
	if spec.OnReady != nil {
		spec.OnReady()
	}
	f.run(ctx, arrived)
	return nil
}

type follower struct {
	FollowSpec
	bus *Bus
	// last is the sequence of the newest event that was handed on.
	last uint64
	// epoch is the stream that last belongs to.
	epoch string
	// behind counts how often in a row the stream's end was before last.
	behind int
}

// begin finds the stream's end after the server has taken the subscription.
func (f *follower) begin(ctx context.Context) (err error) {
	if err := f.bus.Ping(ctx); err != nil {
		return err
	}
	f.last, err = f.bus.end(ctx)
	f.epoch = f.bus.Epoch()
	if err == nil {
		f.at(f.last)
	}
	return err
}

// at moves to a sequence.
func (f *follower) at(seq uint64) {
	f.last = seq
	f.Place.Store(Mark{Epoch: f.epoch, Seq: seq})
}

func (f *follower) run(ctx context.Context, arrived <-chan *nats.Msg) {
	tick := time.NewTicker(tailCheck)
	defer tick.Stop()
	heard := true
	for {
		select {
		case <-ctx.Done():
			return
		case msg := <-arrived:
			heard = f.take(ctx, msg) || heard
		case <-tick.C:
			if !heard {
				f.checkTail(ctx)
			}
			heard = false
		}
	}
}

// take hands on one republished message, after whatever is missing before it. It answers false to what is not news.
func (f *follower) take(ctx context.Context, msg *nats.Msg) bool {
	seq, err := strconv.ParseUint(msg.Header.Get(jetstream.SequenceHeader), 10, 64)
	if err != nil || seq <= f.last {
		return false // not from the stream, or known already from the filling of a hole
	}
	if seq > f.last+1 && !f.fill(ctx, seq-1) {
		return false
	}
	f.at(seq)
	k, err := parseLive(msg.Subject)
	if err != nil {
		f.Log.Warn("live subject cannot be read", zap.Error(err))
		return true
	}
	f.OnEvent(Live{Seq: seq, Project: k.project, Session: k.session, Type: k.kind, body: msg.Data, header: msg.Header, tracer: f.bus.tracer})
	return true
}

// checkTail fills what was stored without being heard, and notices that the stream is another one or has lost its end.
func (f *follower) checkTail(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, tailTimeout)
	defer cancel()
	end, err := f.bus.end(ctx)
	if err != nil {
		return // the link is down, or there is no leader: the next look finds out
	}
	if end >= f.last {
		f.behind = 0
	} else {
		f.behind++
	}
	switch epoch := f.bus.Epoch(); {
	case epoch != f.epoch || f.behind >= 2: // once may be a leader that has just taken over
		f.epoch, f.behind = epoch, 0
		f.reset(end, end)
	case end > f.last:
		f.fill(ctx, end)
	}
}

// fill reads the hole up to and including sequence through from the stream. It answers false when ctx ended before.
func (f *follower) fill(ctx context.Context, through uint64) bool {
	missed := through - f.last
	f.Log.Info("filling a hole in the live events", zap.Uint64("after", f.last), zap.Uint64("events", missed))
	if missed > f.MaxGap {
		f.reset(through, missed)
		return true
	}
	hole := scan{stream: f.bus.stream, subject: storedPattern, last: through, fn: f.missed}
	err := retry(ctx, func() error { hole.next = f.last + 1; return hole.run(ctx) })
	if err != nil {
		return false
	}
	f.at(through)
	return true
}

// missed hands on one event that was not heard.
func (f *follower) missed(msg *jetstream.RawStreamMsg) error {
	f.at(msg.Sequence)
	k, err := parseStored(msg.Subject)
	if err != nil {
		f.Log.Warn("stored subject cannot be read", zap.Uint64("seq", msg.Sequence), zap.Error(err))
		return nil
	}
	f.OnEvent(Live{Seq: msg.Sequence, Project: k.project, Session: k.session, Type: k.kind, body: msg.Data, header: msg.Header, tracer: f.bus.tracer})
	return nil
}

func (f *follower) reset(through, missed uint64) {
	f.Log.Warn("hole in the live events cannot be filled", zap.Uint64("after", f.last), zap.Uint64("events", missed))
	f.at(through)
	f.OnReset(missed)
}
