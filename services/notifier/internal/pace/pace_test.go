package pace

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var telegram = Limits{Units: 17, Window: time.Minute, Reserve: 3, Rate: 1, Burst: 3, Margin: 250 * time.Millisecond}

// call acquires, pretends to call for d, and tells when it was granted.
func call(t testing.TB, p *Pacer, class Class, units int, d time.Duration) time.Time {
	permit, err := p.Acquire(t.Context(), "c", class, units)
	if err != nil {
		t.Error(err)
		return time.Time{}
	}
	defer permit.Release()
	granted := time.Now()
	for range units {
		time.Sleep(d)
		permit.Spend()
	}
	return granted
}

func TestWindowIsNeverExceededAndCountsFromTheEndOfACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(telegram)
		var ends []time.Time
		for range 60 {
			call(t, p, First, 1, 400*time.Millisecond)
			ends = append(ends, time.Now())
		}
		for i := range ends {
			if i+17 < len(ends) && ends[i+17].Sub(ends[i]) < time.Minute {
				t.Fatalf("18 calls within %v", ends[i+17].Sub(ends[i]))
			}
			if i+3 < len(ends) && ends[i+3].Sub(ends[i]) < 1*time.Second {
				t.Fatalf("4 calls within %v", ends[i+3].Sub(ends[i]))
			}
		}
	})
}

func TestReserveIsKeptForNewConversations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(telegram)
		begun := time.Now()
		for range 14 {
			call(t, p, Visitor, 1, 0)
		}
		late := make(chan time.Time, 1)
		go func() { late <- call(t, p, Visitor, 1, 0) }()
		synctest.Wait()
		if waited := call(t, p, First, 2, 0).Sub(begun); waited > 20*time.Second {
			t.Fatalf("a new conversation waited %v", waited)
		}
		if at := (<-late).Sub(begun); at < time.Minute {
			t.Fatalf("an ordinary message used the reserve after %v", at)
		}
	})
}

func TestUrgentClassesGoFirstAndEachClassIsFIFO(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Limits{Rate: 1, Burst: 1})
		hold, err := p.Acquire(t.Context(), "c", First, 1)
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var order []string
		var wg sync.WaitGroup
		for i, class := range []Class{Rest, Visitor, State, First, Visitor, Rest, First} {
			wg.Go(func() {
				permit, err := p.Acquire(t.Context(), "c", class, 1)
				if err != nil {
					t.Error(err)
					return
				}
				defer permit.Release()
				permit.Spend()
				mu.Lock()
				defer mu.Unlock()
				order = append(order, fmt.Sprint(class, i))
			})
			synctest.Wait()
		}
		hold.Spend()
		hold.Release()
		wg.Wait()
		want := []string{"first 3", "first 6", "visitor 1", "visitor 4", "state 2", "rest 0", "rest 5"}
		if !slices.Equal(order, want) {
			t.Fatalf("order %v, want %v", order, want)
		}
	})
}

func TestAFrozenChatIsLeftAloneAndOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, limits := range []Limits{telegram, {Margin: 250 * time.Millisecond}} {
			p := New(limits)
			begun := time.Now()
			p.Freeze("c", 10*time.Second)
			p.Freeze("c", time.Second)
			other, err := p.Acquire(t.Context(), "d", Visitor, 1)
			if err != nil || other.Waited != 0 {
				t.Fatalf("another chat waited %v: %v", other.Waited, err)
			}
			other.Release()
			if !p.Frozen("c") || p.Frozen("d") {
				t.Fatal("frozen is not told")
			}
			if waited := call(t, p, First, 1, 0).Sub(begun); waited != 10*time.Second+250*time.Millisecond {
				t.Fatalf("waited %v", waited)
			}
		}
	})
}

func TestGivingUpLeavesNoGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(telegram)
		hold, err := p.Acquire(t.Context(), "c", First, 1)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() {
			_, err := p.Acquire(ctx, "c", First, 1)
			gone <- err
		}()
		synctest.Wait()
		cancel()
		if <-gone == nil || p.Waiting() != 0 {
			t.Fatal("a request outlived its context")
		}
		hold.Release()
		hold.Release()
		call(t, p, Rest, 1, 0)
	})
}

func TestWithoutLimitsNobodyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Limits{})
		for range 100 {
			if permit, err := p.Acquire(t.Context(), "c", Rest, 2); err != nil || permit.Waited != 0 {
				t.Fatalf("waited: %v", err)
			}
		}
	})
}

// drawn is one call of the property below.
type drawn struct {
	class            Class
	units            int
	gap, there, back time.Duration
}

func draw(r *rapid.T) drawn {
	ms := func(most int, name string) time.Duration {
		return time.Duration(rapid.IntRange(0, most).Draw(r, name)) * time.Millisecond
	}
	return drawn{
		class: Class(rapid.IntRange(0, 3).Draw(r, "class")), units: rapid.IntRange(1, 2).Draw(r, "units"),
		gap: ms(3000, "gap"), there: ms(900, "there"), back: ms(900, "back"),
	}
}

// TestNoPlatformLimitIsEverExceeded plays the platform: it counts each call at some moment between its beginning and its end.
func TestNoPlatformLimitIsEverExceeded(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		calls := rapid.SliceOfN(rapid.Custom(draw), 1, 60).Draw(r, "calls")
		var arrived []time.Time
		synctest.Test(t, func(t *testing.T) { arrived = play(t, calls) })
		tokens, at := 3.0, arrived[0]
		for i, now := range arrived {
			if i >= 17 && now.Sub(arrived[i-17]) < time.Minute {
				r.Fatalf("18 calls within %v", now.Sub(arrived[i-17]))
			}
			tokens = min(3, tokens+now.Sub(at).Seconds()) - 1
			if at = now; tokens < -1e-6 {
				r.Fatalf("bucket overdrawn at call %d: %v", i, tokens)
			}
		}
	})
}

// play makes the calls and answers when each arrived at the platform.
func play(t *testing.T, calls []drawn) (arrived []time.Time) {
	p := New(telegram)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, d := range calls {
		wg.Go(func() {
			permit, err := p.Acquire(t.Context(), "c", d.class, d.units)
			if err != nil {
				t.Error(err)
				return
			}
			defer permit.Release()
			for range d.units {
				time.Sleep(d.there)
				mu.Lock()
				arrived = append(arrived, time.Now())
				mu.Unlock()
				time.Sleep(d.back)
				permit.Spend()
			}
		})
		time.Sleep(d.gap)
	}
	wg.Wait()
	return arrived
}
