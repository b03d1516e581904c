package bus_test

import (
	"errors"
	"flag"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil { // most of these tests wait for a clock, not for the processor
		panic(err)
	}
	bustest.VerifyTestMain(m)
}

// batching is a site whose buses store what comes at the same time as batches.
type batching struct{ bustest.Alone }

func (b batching) Connect(t testing.TB, cfg bus.Config) *bus.Bus {
	cfg.Batches = true
	return b.Alone.Connect(t, cfg)
}

func TestServerThatSyncsIsABus(t *testing.T) {
	t.Parallel()
	bustest.Run(t, func(t testing.TB) bustest.Site { return batching{bustest.Alone{Server: bustest.SyncedServer(t)}} })
}

// TestManyAtOnceAreStoredTogether looks for the mark that NATS leaves on what came in a batch.
func TestManyAtOnceAreStoredTogether(t *testing.T) {
	t.Parallel()
	site := bustest.Alone{Server: bustest.SyncedServer(t)}
	for _, batches := range []bool{false, true} {
		b := site.Connect(t, bus.Config{Batches: batches})
		var publishing sync.WaitGroup
		var last atomic.Uint64
		for range 300 {
			publishing.Go(func() {
				ev := bustest.Message(id.Default, id.NewSession(), "x")
				seq, err := b.Publish(t.Context(), ev)
				for errors.Is(err, bus.ErrUnavailable) && t.Context().Err() == nil { // a slow disk's; it is stored once all the same
					seq, err = b.Publish(t.Context(), ev)
				}
				if err != nil {
					t.Error(err)
				}
				for now := last.Load(); seq > now && !last.CompareAndSwap(now, seq); now = last.Load() {
				}
			})
		}
		publishing.Wait()
		js, err := jetstream.New(site.Client(t))
		if err != nil {
			t.Fatal(err)
		}
		stream, err := js.Stream(t.Context(), "BELLHOP")
		if err != nil {
			t.Fatal(err)
		}
		together := 0
		for seq := last.Load() - 299; seq <= last.Load(); seq++ {
			msg, err := stream.GetMsg(t.Context(), seq)
			if err != nil {
				t.Fatal(err)
			}
			if msg.Header.Get("Nats-Batch-Id") != "" {
				together++
			}
		}
		if batches != (together > 150) {
			t.Errorf("batches %v: %d of 300 came in one", batches, together)
		}
	}
}

func TestEmbeddedServerIsABus(t *testing.T) {
	t.Parallel()
	fresh := func(t testing.TB) bustest.Site { return bustest.Alone{Server: bustest.Server(t)} }
	bustest.Run(t, fresh)
	bustest.RunLogic(t, fresh)
}
