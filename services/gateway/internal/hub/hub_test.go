package hub

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// ear is a connection that counts.
type ear struct {
	pushed, resynced, tended, shut atomic.Int64
	lasting                        bool
	at                             time.Time // when it was shut
}

func (e *ear) Push(Frame)    { e.pushed.Add(1) }
func (e *ear) Resync()       { e.resynced.Add(1) }
func (e *ear) Tend()         { e.tended.Add(1) }
func (e *ear) Lasting() bool { return e.lasting }
func (e *ear) Shut() {
	e.shut.Add(1)
	e.at = time.Now()
}

func key(p id.Project, n int) session.Key {
	return session.Key{Project: p, Session: id.Session(fmt.Sprint("ses_", n))}
}

func TestFrameReachesAllOfASessionAndNobodyElse(t *testing.T) {
	h := New()
	ears := map[string]*ear{"a": {}, "a2": {}, "other session": {}, "other project": {}}
	h.Join(key("p", 1), ears["a"])
	h.Join(key("p", 1), ears["a2"])
	h.Join(key("p", 2), ears["other session"])
	h.Join(key("q", 1), ears["other project"])
	h.Push(key("p", 1), Frame{})
	h.Broadcast("p", Frame{})
	for name, want := range map[string]int64{"a": 2, "a2": 2, "other session": 1, "other project": 0} {
		if got := ears[name].pushed.Load(); got != want {
			t.Errorf("%s heard %d, want %d", name, got, want)
		}
	}
	if h.Holds(key("p", 1)) != 2 || h.Holds(key("p", 3)) != 0 || h.Len() != 4 {
		t.Errorf("holds %d, %d connections", h.Holds(key("p", 1)), h.Len())
	}
}

func TestRoomGoesWithItsLastConnection(t *testing.T) {
	h := New()
	k, a, b := key("p", 1), new(ear), new(ear)
	h.Join(k, a)
	h.Join(k, b)
	h.Leave(k, a)
	h.Leave(k, a) // twice is once
	h.Push(k, Frame{})
	h.Leave(k, b)
	h.Leave(k, b)
	h.Push(k, Frame{})
	if a.pushed.Load() != 0 || b.pushed.Load() != 1 || h.Len() != 0 || h.Holds(k) != 0 || len(h.shard(k).rooms) != 0 {
		t.Errorf("heard %d, %d; %d left", a.pushed.Load(), b.pushed.Load(), h.Len())
	}
}

func TestComingAndGoingWhileEverybodyIsSpokenTo(t *testing.T) {
	h := New()
	stay := new(ear)
	h.Join(key("p", 0), stay)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for range 200 {
				c := new(ear)
				h.Join(key("p", n%3), c)
				h.Push(key("p", n%3), Frame{})
				h.Broadcast("p", Frame{})
				h.Leave(key("p", n%3), c)
			}
		})
	}
	wg.Go(func() {
		for range 100 {
			h.Each(func(_ session.Key, c Conn) { c.Resync() })
			_ = h.Len()
		}
	})
	wg.Wait()
	if h.Len() != 1 || stay.pushed.Load() < 1600 || stay.resynced.Load() != 100 {
		t.Errorf("%d left, heard %d, resynced %d", h.Len(), stay.pushed.Load(), stay.resynced.Load())
	}
}

func TestShutReachesEverybodySoonerOrAtTheEnd(t *testing.T) {
	h := New()
	ears := make([]ear, 1000)
	for i := range ears {
		h.Join(key("p", i), &ears[i])
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h.Shut(ctx, time.Hour)
	for i := range ears {
		if ears[i].shut.Load() != 1 {
			t.Fatalf("connection %d was shut %d times", i, ears[i].shut.Load())
		}
	}
}

func TestReconnectsOfADrainAreSpreadEvenlyAndLastingOnesComeLast(t *testing.T) {
	for _, sockets := range []int{3, 500, 10_000} {
		synctest.Test(t, func(t *testing.T) {
			h, ears := New(), make([]ear, sockets)
			for i := range ears {
				ears[i].lasting = i == sockets/2
				h.Join(key("p", i), &ears[i])
			}
			const within = 5 * time.Second
			began := time.Now()
			h.Shut(t.Context(), within)
			took := time.Since(began)
			// Whatever window of a tenth one looks at holds at most twice its even share.
			even := float64(sockets) * float64(within/10) / float64(min(within, time.Duration(sockets)*time.Second/shutRate))
			windows := map[time.Duration]int{}
			for i := range ears {
				if !ears[i].lasting {
					windows[ears[i].at.Sub(began)/(within/10)]++
				}
			}
			for window, n := range windows {
				if float64(n) > 2*even+1 {
					t.Errorf("%d of %d are shut in the window %d, evenly it were %.0f", n, sockets, window, even)
				}
			}
			if took > within+within/10 || sockets > 1000 && took < within*9/10 {
				t.Errorf("%d took %s", sockets, took)
			}
			if last := ears[sockets/2].at.Sub(began); last < took {
				t.Errorf("the lasting one was shut after %s of %s", last, took)
			}
		})
	}
}
