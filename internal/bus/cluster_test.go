package bus_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

func TestClusterIsABus(t *testing.T) {
	t.Parallel()
	cluster := bustest.NewCluster(t)
	cluster.Connect(t, bus.Config{}) // makes the stream
	bustest.Run(t, func(testing.TB) bustest.Site { return cluster })
}

// TestStreamLeaderStopsUnderLoad stops the node that leads the stream while four publishers are busy, and starts it again.
func TestStreamLeaderStopsUnderLoad(t *testing.T) {
	t.Parallel()
	cluster := bustest.NewCluster(t)
	quiet := bus.Config{Log: zap.NewNop()}
	f := bustest.Follow(t, cluster.Connect(t, quiet), id.Default, bus.FollowSpec{}, nil)
	var l bustest.Ledger
	reader := cluster.Connect(t, quiet)
	run(t, func(ctx context.Context) error {
		return reader.Parts(ctx, l.Spec("p", 0))
	})

	var acknowledged atomic.Int64
	stop := make(chan struct{})
	var publishers sync.WaitGroup
	var mu sync.Mutex
	want := map[uint64]string{}
	for n := range 4 {
		b := cluster.Connect(t, quiet)
		publishers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				content := fmt.Sprint(n, "-", i)
				ev := bustest.Message(id.Default, id.Session(fmt.Sprint("s", n)), content)
				seq, err := b.Publish(t.Context(), ev)
				for err != nil { // as a caller would that was answered 503
					seq, err = b.Publish(t.Context(), ev)
				}
				mu.Lock()
				want[seq] = content
				mu.Unlock()
				acknowledged.Add(1)
			}
		})
	}
	more := func() {
		t.Helper()
		enough := acknowledged.Load() + 200
		bustest.Until(t, "more is acknowledged", func() bool { return acknowledged.Load() > enough })
	}
	more()
	leader := cluster.StreamLeader()
	cluster.Stop(leader)
	more()
	cluster.Start(t, leader)
	more()
	second := cluster.StreamLeader()
	cluster.Stop(second)
	more()
	cluster.Start(t, second)
	close(stop)
	publishers.Wait()

	bustest.Until(t, "all are heard", func() bool { return len(f.Own()) >= len(want) })
	f.CheckOrder(t)
	stored := map[uint64]string{}
	var inOrder []string
	check := cluster.Connect(t, quiet)
	if err := check.Replay(t.Context(), 0, bus.Filter{}, func(ev bus.Event) error {
		content := ev.Data.(*eventv1.MessageCreated).Message.Content
		stored[ev.Seq], inOrder = content, append(inOrder, content)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for seq, content := range want {
		if stored[seq] != content {
			t.Errorf("acknowledged %s as %d, the stream has %q", content, seq, stored[seq])
		}
	}
	if !slices.Equal(f.Own(), inOrder) {
		t.Errorf("heard %d, the stream has %d: %v", len(f.Own()), len(inOrder), missing(inOrder, f.Own()))
	}
	end, err := check.PartEnd(t.Context(), id.Session("s0").Part())
	if err != nil {
		t.Fatal(err)
	}
	bustest.Until(t, "all are applied", func() bool {
		return l.Floor(id.Session("s0").Part()) >= end
	})
	l.Check(t, check)
	t.Logf("%d acknowledged, %d stored, %d resets", len(want), len(stored), f.Resets.Load())
}

func missing(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(some, s) })
}
