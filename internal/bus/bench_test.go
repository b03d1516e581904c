package bus_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/internal/id"
)

const benchPublishers = 64

func benchSite(b *testing.B, durability embedded.Durability) bustest.Alone {
	b.Helper()
	s, err := embedded.Start(embedded.Options{Dir: b.TempDir(), Durability: durability})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.Stop)
	return bustest.Alone{Server: s}
}

// parallel runs f from 64 goroutines, b.N times in all.
func parallel(b *testing.B, f func(i int64) error) {
	b.Helper()
	var n atomic.Int64
	b.SetParallelism(max(1, benchPublishers/runtime.GOMAXPROCS(0)))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := f(n.Add(1)); err != nil {
				b.Error(err)
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkPublish compares the bus with the bare publisher that it is built on.
func BenchmarkPublish(b *testing.B) {
	for _, durability := range []embedded.Durability{embedded.Relaxed, embedded.Safe} {
		b.Run(string(durability)+"/bus", func(b *testing.B) {
			bus := benchSite(b, durability).Connect(b, bus.Config{})
			parallel(b, func(i int64) error {
				_, err := bus.Publish(b.Context(), bustest.Message(id.Default, session(i), "a message of ordinary length, as people write them"))
				return err
			})
		})
		b.Run(string(durability)+"/bare", func(b *testing.B) {
			site := benchSite(b, durability)
			site.Connect(b, bus.Config{}) // makes the stream
			js, err := jetstream.New(site.Client(b))
			if err != nil {
				b.Fatal(err)
			}
			body := []byte(strings.Repeat("x", 420)) // as large as the event above
			parallel(b, func(i int64) error {
				s := session(i)
				_, err := js.Publish(b.Context(), fmt.Sprintf("bellhop.v1.%s.default.%s.message.created", s.Part(), s), body,
					jetstream.WithMsgID(string(id.NewMessage())))
				return err
			})
		})
	}
}

func session(i int64) id.Session { return id.Session(fmt.Sprint("s", i%1000)) }

func fill(b *testing.B, to *bus.Bus, n int) {
	b.Helper()
	next := make(chan int64)
	var publishing sync.WaitGroup
	for range benchPublishers {
		publishing.Go(func() {
			for i := range next {
				if _, err := to.Publish(b.Context(), bustest.Message(id.Default, session(i), "x")); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range n {
		next <- int64(i)
	}
	close(next)
	publishing.Wait()
}

// BenchmarkParts applies events that are stored already; publishing is not measured.
func BenchmarkParts(b *testing.B) {
	site := benchSite(b, embedded.Relaxed)
	to := site.Connect(b, bus.Config{})
	fill(b, to, b.N)
	var applied atomic.Int64
	var floors [id.Parts]atomic.Uint64
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	b.ResetTimer()
	go func() {
		done <- to.Parts(ctx, bus.PartsSpec{
			Name:  "bench",
			Floor: func(_ context.Context, p id.Part) (uint64, error) { return floors[p].Load(), nil },
			Apply: func(_ context.Context, p id.Part, events []bus.Event) error {
				for _, ev := range events {
					if ev.Seq > floors[p].Load() {
						floors[p].Store(ev.Seq)
						applied.Add(1)
					}
				}
				return nil
			},
		})
	}()
	bustest.Until(b, "all are applied", func() bool { return applied.Load() == int64(b.N) })
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFollow publishes from 64 goroutines and measures until the last is heard.
func BenchmarkFollow(b *testing.B) {
	site := benchSite(b, embedded.Relaxed)
	var heard atomic.Int64
	ready := make(chan struct{})
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	follower := site.Connect(b, bus.Config{})
	go func() {
		done <- follower.Follow(ctx, bus.FollowSpec{OnReady: func() { close(ready) }, OnEvent: func(bus.Live) { heard.Add(1) }})
	}()
	<-ready
	to := site.Connect(b, bus.Config{})
	b.ResetTimer()
	fill(b, to, b.N)
	bustest.Until(b, "all are heard", func() bool { return heard.Load() == int64(b.N) })
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}

// BenchmarkReplay reads stored events from the first to the last.
func BenchmarkReplay(b *testing.B) {
	site := benchSite(b, embedded.Relaxed)
	to := site.Connect(b, bus.Config{})
	fill(b, to, b.N)
	b.ResetTimer()
	n := 0
	if err := to.Replay(b.Context(), 0, bus.Filter{}, func(bus.Event) error { n++; return nil }); err != nil || n != b.N {
		b.Fatalf("%d of %d: %v", n, b.N, err)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkConsumer hands stored events to an empty handler.
func BenchmarkConsumer(b *testing.B) {
	site := benchSite(b, embedded.Relaxed)
	to := site.Connect(b, bus.Config{})
	fill(b, to, b.N)
	c, err := to.Consumer(b.Context(), bus.ConsumerSpec{Name: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	var handled atomic.Int64
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	b.ResetTimer()
	go func() {
		done <- c.Run(ctx, func(context.Context, bus.Event) error { handled.Add(1); return nil })
	}()
	bustest.Until(b, "all are handled", func() bool { return handled.Load() >= int64(b.N) })
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}
