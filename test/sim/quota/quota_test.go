package quota_test

import (
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/quota"
)

var start = time.Unix(1795000000, 0)

func TestWindowSlides(t *testing.T) {
	w := quota.Window{Limit: 2, Per: 10 * time.Second}
	w.Take(start, 1)
	w.Take(start.Add(4*time.Second), 1)
	at := start.Add(6 * time.Second)
	if got := w.Wait(at, 1); got != 4*time.Second {
		t.Fatalf("wait %v, want until the oldest leaves", got)
	}
	if got := w.Wait(at, 9); got != 8*time.Second {
		t.Fatalf("wait %v for more than the limit, want until it is empty", got)
	}
	if w.Reset(at) != 8*time.Second || w.Used(at) != 2 || w.Peak() != 2 || w.Total() != 2 {
		t.Fatalf("reset %v, used %d, peak %d, total %d", w.Reset(at), w.Used(at), w.Peak(), w.Total())
	}
	if got := w.Wait(start.Add(10*time.Second), 1); got != 0 {
		t.Fatalf("wait %v after the oldest left", got)
	}
}

func TestBucketFillsToItsBurst(t *testing.T) {
	b := quota.NewBucket(2, 4)
	if b.Wait(start, 4) != 0 {
		t.Fatal("not full at first")
	}
	b.Take(4)
	if got := b.Wait(start, 1); got != 500*time.Millisecond {
		t.Fatalf("wait %v", got)
	}
	if got := b.Wait(start.Add(time.Hour), 9); got != 0 {
		t.Fatalf("wait %v for more than the burst", got)
	}
}

func TestOnlyATaughtClientViolates(t *testing.T) {
	f := quota.Freeze{Until: start.Add(time.Second)}
	later := time.Now().Add(time.Hour)
	if f.Violated(start, later) {
		t.Fatal("a violation before the client was told")
	}
	f.Announce()
	if f.Violated(start, time.Now().Add(-time.Second)) {
		t.Fatal("a request that was under way")
	}
	if !f.Violated(start, later) || f.Violated(start.Add(time.Second), later) {
		t.Fatal("violations are what arrives while it lasts")
	}
}

func TestFixedWindowEndsWhenItsFirstUnitSaid(t *testing.T) {
	f := quota.Fixed{Limit: 2, Per: 5 * time.Second}
	f.Take(start)
	f.Take(start.Add(4 * time.Second))
	at := start.Add(4 * time.Second)
	if f.Wait(at) != time.Second || f.Remaining(at) != 0 || f.Reset(at) != time.Second {
		t.Fatalf("wait %v, remaining %d, reset %v", f.Wait(at), f.Remaining(at), f.Reset(at))
	}
	at = start.Add(5 * time.Second)
	if f.Wait(at) != 0 || f.Remaining(at) != 2 || f.Reset(at) != 5*time.Second || f.Peak() != 2 {
		t.Fatalf("after its end: wait %v, remaining %d, reset %v, peak %d", f.Wait(at), f.Remaining(at), f.Reset(at), f.Peak())
	}
}
