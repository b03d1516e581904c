package relay

import (
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

func TestPlaceIsReadAsItWasWritten(t *testing.T) {
	at := place{1234, short("an epoch")}
	if back, ok := parsePlace(at.String()); !ok || back != at {
		t.Errorf("%s became %v", at, back)
	}
	if short("an epoch") == short("another") {
		t.Error("two streams have one mark")
	}
}

func FuzzParsePlace(f *testing.F) {
	for _, s := range []string{"", "0", "12-0123abcd", "12-", "-1", "18446744073709551615", "1-0123ABCD", "+1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, ok := parsePlace(s)
		if ok && at.epoch != "" && len(at.epoch) != 8 {
			t.Errorf("%q: %v", s, at)
		}
		if again, same := parsePlace(at.String()); ok && at.epoch != "" && (!same || again != at) {
			t.Errorf("%q is read as %v and then as %v", s, at, again)
		}
	})
}

func TestListenerThatIsFullKnowsThatItMissedSomething(t *testing.T) {
	l := newListener()
	for n := range uint64(maxWaiting) {
		l.offer(item{live: bus.Live{Seq: n}})
	}
	l.offer(item{typing: &typing{}})
	if items, lost := l.take(); lost || len(items) != maxWaiting {
		t.Errorf("what is not stored is left out: %d, %v", len(items), lost)
	}
	for n := range uint64(maxWaiting + 1) {
		l.offer(item{live: bus.Live{Seq: n}})
	}
	if items, lost := l.take(); !lost || len(items) != 0 {
		t.Errorf("%d, %v", len(items), lost)
	}
	if _, lost := l.take(); lost {
		t.Error("it is told twice")
	}
}
