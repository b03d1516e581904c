package bus_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
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

	load := newLoad(t, cluster, 4)
	load.more()
	for range 2 {
		leader := cluster.StreamLeader()
		cluster.Stop(leader)
		load.more()
		cluster.Start(t, leader)
		load.more()
	}
	want := load.stop()

	bustest.Until(t, "all are heard", func() bool { return len(f.Own()) >= len(want) })
	f.CheckOrder(t)
	check := cluster.Connect(t, quiet)
	stored := map[uint64]string{}
	var inOrder []string
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
	l.Check(t, check)
	t.Logf("%d acknowledged, %d stored, %d resets", len(want), len(stored), f.Resets.Load())
}

// load is publishers that go on until they are stopped, or the test ends.
type load struct {
	t            *testing.T
	publishers   sync.WaitGroup
	ending       context.Context
	end          context.CancelFunc
	mu           sync.Mutex
	acknowledged map[uint64]string
}

func newLoad(t *testing.T, cluster *bustest.Cluster, publishers int) *load {
	l := &load{t: t, acknowledged: map[uint64]string{}}
	l.ending, l.end = context.WithCancel(t.Context())
	for n := range publishers {
		b := cluster.Connect(t, bus.Config{Log: zap.NewNop()})
		l.publishers.Go(func() {
			for i := 0; l.ending.Err() == nil; i++ {
				l.publish(b, n, fmt.Sprint(n, "-", i))
			}
		})
	}
	t.Cleanup(l.publishers.Wait) // before their connections are closed
	return l
}

func (l *load) publish(b *bus.Bus, publisher int, content string) {
	ev := bustest.Message(id.Default, id.Session(fmt.Sprint("s", publisher)), content)
	seq, err := b.Publish(l.t.Context(), ev)
	for err != nil && l.t.Context().Err() == nil { // as a caller would that was answered 503
		seq, err = b.Publish(l.t.Context(), ev)
	}
	if err != nil { // the test has ended
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acknowledged[seq] = content
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acknowledged)
}

// more waits until another 200 are acknowledged.
func (l *load) more() {
	l.t.Helper()
	enough := l.count() + 200
	bustest.Until(l.t, "more is acknowledged", func() bool { return l.count() > enough })
}

// stop ends the load and answers what was acknowledged, by sequence.
func (l *load) stop() map[uint64]string {
	l.end()
	l.publishers.Wait()
	return l.acknowledged
}

func missing(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(some, s) })
}
