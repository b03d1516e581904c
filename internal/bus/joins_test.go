package bus

import (
	"context"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

// next is a stream of which only the message behind a floor can be read.
type next struct {
	jetstream.Stream
	seq uint64
}

func (n next) GetMsg(context.Context, uint64, ...jetstream.GetMsgOpt) (*jetstream.RawStreamMsg, error) {
	if n.seq == 0 {
		return nil, jetstream.ErrMsgNotFound
	}
	return &jetstream.RawStreamMsg{Sequence: n.seq}, nil
}

func TestBatchJoinsOnlyWhereNothingCanLieBetween(t *testing.T) {
	one, two := life{start: 1, link: 0}, life{start: 1, link: 1}
	at := func(l life, consumer, stream, times uint64) delivery {
		return delivery{life: l, meta: &jetstream.MsgMetadata{NumDelivered: times, Sequence: jetstream.SequencePair{Consumer: consumer, Stream: stream}}}
	}
	for name, c := range map[string]struct {
		latest position
		floor  uint64
		next   uint64 // what the stream holds behind the floor
		batch  []delivery
		want   bool
	}{
		"first ever, the stream's first":       {position{}, 0, 3, []delivery{at(one, 1, 3, 1), at(one, 2, 9, 1)}, true},
		"first ever, not the stream's first":   {position{}, 0, 2, []delivery{at(one, 1, 3, 1)}, false},
		"follows the last":                     {position{one, 9, 2}, 9, 99, []delivery{at(one, 3, 12, 1)}, true},
		"follows, but another moved the floor": {position{one, 9, 2}, 10, 11, []delivery{at(one, 3, 12, 1)}, false},
		"follows, but the store was wiped":     {position{one, 9, 2}, 0, 3, []delivery{at(one, 3, 12, 1)}, false},
		"number skipped":                       {position{one, 9, 2}, 9, 11, []delivery{at(one, 4, 12, 1)}, false},
		"number skipped, nothing between":      {position{one, 9, 2}, 9, 12, []delivery{at(one, 4, 12, 1)}, true},
		"number fits, another link":            {position{one, 9, 2}, 9, 11, []delivery{at(two, 3, 12, 1)}, false},
		"links within the batch":               {position{one, 9, 2}, 9, 12, []delivery{at(one, 3, 12, 1), at(two, 4, 15, 1)}, false},
		"hole in the batch":                    {position{one, 9, 2}, 9, 12, []delivery{at(one, 3, 12, 1), at(one, 5, 15, 1)}, false},
		"second delivery":                      {position{one, 9, 2}, 9, 12, []delivery{at(one, 3, 12, 2)}, false},
		"purged meanwhile":                     {position{}, 0, 0, []delivery{at(one, 7, 12, 1)}, true},
	} {
		p := &partReader{bus: &Bus{stream: next{seq: c.next}}, work: t.Context(), latest: c.latest}
		if got, err := p.joins(c.batch, c.floor); err != nil || got != c.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// copyOf is a delivery that remembers how it was settled.
type copyOf struct {
	jetstream.Msg
	mu    sync.Mutex
	acked int
}

func (*copyOf) Subject() string { return key{"default", "s", "robot.woke"}.stored() }
func (*copyOf) Data() []byte {
	return []byte(`{"specversion":"1.0","id":"1","type":"bellhop.robot.woke","source":"/projects/default/x","subject":"s"}`)
}
func (*copyOf) Headers() nats.Header { return nil }
func (*copyOf) InProgress() error    { return nil }
func (*copyOf) Metadata() (*jetstream.MsgMetadata, error) {
	return &jetstream.MsgMetadata{NumDelivered: 1, Sequence: jetstream.SequencePair{Stream: 7, Consumer: 1}}, nil
}

func (c *copyOf) DoubleAck(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acked++
	return nil
}

func TestSecondCopyIsNotHandledButSettled(t *testing.T) {
	spec := ConsumerSpec{Name: "c", Log: zap.NewNop()}.withDefaults()
	entered, release := make(chan struct{}), make(chan struct{})
	calls := 0
	counting, err := newMetrics(nil)
	if err != nil {
		t.Fatal(err)
	}
	l := newLanes(t.Context(), &Consumer{bus: &Bus{metrics: counting}, spec: spec}, func(context.Context, Event) error {
		calls++
		close(entered)
		<-release
		return nil
	})
	first, second := &copyOf{}, &copyOf{}
	l.offer(first)
	<-entered
	l.offer(second)
	close(release)
	l.drain()
	if calls != 1 || first.acked != 0 || second.acked != 1 {
		t.Errorf("%d calls, first copy acknowledged %d times, second %d times", calls, first.acked, second.acked)
	}
	l.offer(first)
	if len(l.held) != 0 {
		t.Error("something was taken after the end")
	}
}
