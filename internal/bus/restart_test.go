package bus_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// machine is an embedded server that listens, so that it can go and come back under its clients.
type machine struct {
	t      *testing.T
	dir    string
	addr   string
	server *embedded.Server
}

func newMachine(t *testing.T) *machine {
	m := &machine{t: t, dir: t.TempDir(), addr: "127.0.0.1:0"}
	m.start()
	m.addr = m.server.Addr().String()
	t.Cleanup(func() { m.server.Stop() })
	return m
}

func (m *machine) start() {
	m.t.Helper()
	var err error
	m.server, err = embedded.Start(embedded.Options{Dir: m.dir, Durability: embedded.Relaxed, Addr: m.addr})
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) connect(cfg bus.Config) *bus.Bus {
	m.t.Helper()
	cfg.URL, cfg.Name, cfg.Log = "nats://"+m.addr, m.t.Name(), zap.NewNop()
	return bustest.Connect(m.t, cfg)
}

func publish(t testing.TB, b *bus.Bus, events ...bus.Event) uint64 {
	t.Helper()
	seq, err := b.Publish(t.Context(), events...)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func message(content string) bus.Event { return bustest.Message(id.Default, "s", content) }

func TestEventsSurviveARestartOfTheServer(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	first := m.connect(bus.Config{})
	ev := message("kept")
	seq := publish(t, first, ev)
	first.Close()
	m.server.Stop()
	m.start()
	second := m.connect(bus.Config{})
	got, err := second.Event(t.Context(), seq)
	if err != nil || got.ID != ev.ID {
		t.Fatalf("%+v, %v", got, err)
	}
	if second.Epoch() != first.Epoch() {
		t.Errorf("epoch was %s, is %s", first.Epoch(), second.Epoch())
	}
	if again := publish(t, second, ev); again != seq {
		t.Errorf("the same id was stored twice, as %d and %d", seq, again)
	}
}

func TestPublishWithoutAServerFailsInTime(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	b := m.connect(bus.Config{PublishTimeout: time.Second})
	m.server.Stop()
	for range 3 {
		begun := time.Now()
		_, err := b.Publish(t.Context(), message("1"), message("2"))
		if !errors.Is(err, bus.ErrUnavailable) {
			t.Fatal(err)
		}
		if d := time.Since(begun); d > 2*time.Second {
			t.Errorf("failed after %s", d)
		}
	}
	begun := time.Now()
	if err := b.Ping(t.Context()); !errors.Is(err, bus.ErrUnavailable) || time.Since(begun) > 3*time.Second {
		t.Errorf("ping: %v after %s", err, time.Since(begun))
	}
	m.start()
	bustest.Until(t, "it works again", func() bool {
		_, err := b.Publish(t.Context(), message("3"))
		return err == nil && b.Ping(t.Context()) == nil
	})
}

func TestFollowMissesNothingOfARestart(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	f := bustest.Follow(t, m.connect(bus.Config{}), id.Default, bus.FollowSpec{}, nil)
	b := m.connect(bus.Config{})
	publish(t, b, message("before"))
	bustest.Until(t, "it is heard", func() bool { return len(f.Own()) == 1 })
	m.server.Stop()
	m.start()
	// Over a connection of its own, sooner than the follower is back.
	publish(t, bustest.Connect(t, bus.Config{InProcess: m.server}), message("meanwhile"), message("and"))
	bustest.Until(t, "what came meanwhile is heard", func() bool { return len(f.Own()) == 3 })
	bustest.Until(t, "the link is back", func() bool { return b.Ping(t.Context()) == nil })
	publish(t, b, message("after"))
	bustest.Until(t, "what comes after is heard", func() bool { return len(f.Own()) >= 4 })
	if got := fmt.Sprint(f.Own()); got != "[before meanwhile and after]" || f.Resets.Load() != 0 {
		t.Fatalf("%s, %d resets", got, f.Resets.Load())
	}
}

func TestConsumerAndPartsGoOnAfterARestart(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	b := m.connect(bus.Config{})
	core, logs := observer.New(zap.WarnLevel)
	var mu sync.Mutex
	heard := map[string]int{}
	c, err := b.Consumer(t.Context(), bus.ConsumerSpec{Name: "c", Log: zap.New(core)})
	if err != nil {
		t.Fatal(err)
	}
	var l bustest.Ledger
	run(t, func(ctx context.Context) error {
		return c.Run(ctx, func(_ context.Context, ev bus.Event) error {
			mu.Lock()
			defer mu.Unlock()
			heard[ev.ID]++
			return nil
		})
	})
	run(t, func(ctx context.Context) error {
		spec := l.Spec("p", 0)
		spec.Log = zap.New(core)
		return b.Parts(ctx, spec)
	})
	for round := range 3 {
		publish(t, b, message("before"), message("restart"))
		m.server.Stop()
		m.start()
		bustest.Until(t, "the link is back", func() bool { return b.Ping(t.Context()) == nil })
		seq := publish(t, b, message("after"))
		bustest.Until(t, "all are heard", func() bool { mu.Lock(); defer mu.Unlock(); return len(heard) == 3*(round+1) })
		bustest.Until(t, "all are applied", func() bool {
			return l.Floor(id.Session("s").Part()) >= seq
		})
	}
	if n := logs.Len(); n > 200 {
		t.Errorf("%d warnings about three restarts, for example %v", n, logs.All()[n-1])
	}
}

// run runs f until the test ends.
func run(t *testing.T, f func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := f(ctx); err != nil {
			t.Errorf("ended with %v", err)
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
}

func jetStream(t *testing.T, site bustest.Site) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(site.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func TestEventWhoseDeadLetterCannotBeStoredComesBack(t *testing.T) {
	t.Parallel()
	site := bustest.Alone{Server: bustest.Server(t)}
	b := site.Connect(t, bus.Config{Log: zap.NewNop()})
	if err := jetStream(t, site).DeleteStream(t.Context(), "BELLHOP_DLQ"); err != nil {
		t.Fatal(err)
	}
	c, err := b.Consumer(t.Context(), bus.ConsumerSpec{Name: "c"})
	if err != nil {
		t.Fatal(err)
	}
	calls := make(chan struct{}, 100)
	run(t, func(ctx context.Context) error {
		return c.Run(ctx, func(context.Context, bus.Event) error {
			calls <- struct{}{}
			return bus.Permanent(errors.New("bad"))
		})
	})
	seq := publish(t, b, message("bad"))
	<-calls
	<-calls
	site.Connect(t, bus.Config{}) // makes what is missing
	bustest.Until(t, "it is buried", func() bool {
		n := 0
		if err := b.DeadLetters(t.Context(), func(d bus.DeadLetter) error {
			if n++; d.EventSeq != seq || d.Consumer != "c" {
				t.Errorf("%+v", d)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		return n == 1
	})
}

func TestNewStreamIsNoticedByAllWhoKeepAPosition(t *testing.T) {
	t.Parallel()
	site := bustest.Alone{Server: bustest.Server(t)}
	b := site.Connect(t, bus.Config{Log: zap.NewNop()})
	f := bustest.Follow(t, b, id.Default, bus.FollowSpec{}, nil)
	var l bustest.Ledger
	parts := make(chan error, 1)
	go func() { parts <- b.Parts(t.Context(), l.Spec("p", 0)) }()
	publish(t, b, message("1"), message("2"), message("3"))
	bustest.Until(t, "they are heard", func() bool { return len(f.Own()) == 3 })
	if err := jetStream(t, site).DeleteStream(t.Context(), "BELLHOP"); err != nil {
		t.Fatal(err)
	}
	epoch := b.Epoch()
	anew := site.Connect(t, bus.Config{})
	if anew.Epoch() == epoch {
		t.Error("a new stream has the old epoch")
	}
	if err := <-parts; !errors.Is(err, bus.ErrNewStream) {
		t.Errorf("parts ended with %v", err)
	}
	bustest.Until(t, "the follower is reset", func() bool { return f.Resets.Load() > 0 })
	if b.Epoch() != anew.Epoch() {
		t.Errorf("the old connection is at epoch %s, the new one at %s", b.Epoch(), anew.Epoch())
	}
	publish(t, b, message("4"))
	bustest.Until(t, "the follower hears the new stream", func() bool { own := f.Own(); return own[len(own)-1] == "4" })
}

func TestStreamThatLostItsEndIsNoticedByParts(t *testing.T) {
	t.Parallel()
	b := bustest.New(t)
	publish(t, b, message("the number of another"))
	floor := func(context.Context, id.Part) (uint64, error) { return 100, nil }
	err := b.Parts(t.Context(), bus.PartsSpec{Name: "p", Floor: floor, Apply: nil})
	if !errors.Is(err, bus.ErrNewStream) {
		t.Fatal(err)
	}
}

func TestReplayEndsWhereItsEndWasDeleted(t *testing.T) {
	t.Parallel()
	site := bustest.Alone{Server: bustest.Server(t)}
	b := site.Connect(t, bus.Config{})
	for range 60 {
		publish(t, b, message("x"))
	}
	stream, err := jetStream(t, site).Stream(t.Context(), "BELLHOP")
	if err != nil {
		t.Fatal(err)
	}
	seen, begun := 0, time.Now()
	err = b.Replay(t.Context(), 0, bus.Filter{}, func(bus.Event) error {
		if seen++; seen < 40 { // while a consumer of the replay is at work
			return nil
		}
		return stream.Purge(t.Context(), jetstream.WithPurgeSubject("bellhop.v1.*.*.s.>"))
	})
	if err != nil || seen < 40 {
		t.Fatalf("%d seen: %v", seen, err)
	}
	if d := time.Since(begun); d > 10*time.Second {
		t.Errorf("ended after %s", d)
	}
}

func TestUnreadableBytesAreBuriedOnceThoughNothingFollows(t *testing.T) {
	t.Parallel()
	site := bustest.Alone{Server: bustest.Server(t)}
	b := site.Connect(t, bus.Config{Log: zap.NewNop(), Duplicates: 100 * time.Millisecond})
	var l bustest.Ledger
	run(t, func(ctx context.Context) error { return b.Parts(ctx, l.Spec("p", 0)) })
	s := id.Session("s")
	if _, err := jetStream(t, site).Publish(t.Context(), "bellhop.v1."+s.Part().String()+".default.s.message.created", []byte("poison")); err != nil {
		t.Fatal(err)
	}
	letters := func() (n int) {
		if err := b.DeadLetters(t.Context(), func(bus.DeadLetter) error { n++; return nil }); err != nil {
			t.Error(err)
		}
		return n
	}
	bustest.Until(t, "it is buried", func() bool { return letters() == 1 })
	probe := bustest.Message(id.Default, "a session of another part", "probe")
	seen := publish(t, b, probe)
	bustest.Until(t, "the bus has forgotten what it has seen", func() bool { return publish(t, b, probe) != seen })
	last := publish(t, b, message("first after it"))
	bustest.Until(t, "that is applied", func() bool { return l.Floor(s.Part()) == last })
	if n := letters(); n != 1 {
		t.Errorf("buried %d times", n)
	}
}
