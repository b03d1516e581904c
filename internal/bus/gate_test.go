package bus

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

func delivered(count, stream, times uint64) *jetstream.MsgMetadata {
	return &jetstream.MsgMetadata{Sequence: jetstream.SequencePair{Consumer: count, Stream: stream}, NumDelivered: times}
}

func gateAfter(wait time.Duration, count, stream uint64, unsettled int) (*lanes, *gate) {
	l := &lanes{gate: &gate{wait: wait}}
	l.begin(&jetstream.ConsumerInfo{Delivered: jetstream.SequenceInfo{Consumer: count, Stream: stream}, NumAckPending: unsettled})
	return l, l.gate
}

func TestGateOpensWhenAllOrphansHaveComeAgain(t *testing.T) {
	_, g := gateAfter(time.Hour, 10, 100, 2)
	defer g.stop()
	shut := g.shut()
	if shut == nil {
		t.Fatal("open although a predecessor has left two unsettled")
	}
	g.note(delivered(11, 101, 1)) // a new one
	g.note(delivered(12, 90, 2))
	if g.shut() == nil {
		t.Fatal("open after the first of two")
	}
	g.note(delivered(13, 95, 2))
	select {
	case <-shut:
	default:
		t.Fatal("shut although both have come again")
	}
	if g.shut() != nil {
		t.Fatal("still shut")
	}
}

func TestGateShutsWhereADeliveryWasLost(t *testing.T) {
	l, g := gateAfter(time.Hour, 10, 100, 0)
	defer g.stop()
	g.note(delivered(11, 101, 1))
	l.begin(&jetstream.ConsumerInfo{Delivered: jetstream.SequenceInfo{Consumer: 13, Stream: 103}, NumAckPending: 3}) // a new subscription
	if g.shut() != nil {
		t.Fatal("shut although nothing is missing yet")
	}
	g.note(delivered(14, 104, 1))
	if g.shut() == nil {
		t.Fatal("open although two deliveries are missing")
	}
}

func TestGateOpensByItselfAtTheEndOfTheWait(t *testing.T) {
	_, g := gateAfter(20*time.Millisecond, 10, 100, 5)
	select {
	case <-g.shut():
	case <-time.After(10 * time.Second):
		t.Fatal("shut for ever")
	}
}

func TestGateOfAConsumerThatWasMadeAnewIsOpen(t *testing.T) {
	l, g := gateAfter(time.Hour, 10, 100, 0)
	defer g.stop()
	l.begin(&jetstream.ConsumerInfo{})
	g.note(delivered(1, 50, 1))
	if g.shut() != nil {
		t.Fatal("shut although the count began anew")
	}
}
