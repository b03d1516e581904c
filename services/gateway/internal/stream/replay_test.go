package stream

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

func TestReplayComesBeforeWhatIsLiveAndNothingIsMissingBetween(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	seq := p.says(key, "one", "two")
	var once bool
	p.sessions.Hook(func(string) { // while the answer is on its way
		if once {
			return
		}
		once = true
		for _, f := range []hub.Frame{
			text("event of before", seq-1, false), text("two again", seq, true), text("event of after", seq+1, false), text("three", seq+2, true), text("typing", 0, false),
		} {
			p.Hub.Push(key, f)
		}
	})
	ws, c := p.dial(key)
	p.live(c)
	p.Hub.Push(key, text("late event", seq, false)) // the follower may be behind the store
	p.Hub.Push(key, text("late two", seq, true))
	p.Hub.Push(key, text("four", seq+3, true))
	want := []string{"one", "event of before", "two", "event of after", "three", "typing", "late event", "four"}
	if got := p.hears(ws, len(want)); !slices.Equal(got, want) {
		t.Errorf("heard %q, want %q", got, want)
	}
}

func TestHoleDuringAReplayHasItMadeAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	p.says(key, "one")
	asked := 0
	p.sessions.Hook(func(string) {
		if asked++; asked == 1 {
			p.says(key, "in the hole") // stored, but never heard
			p.Hub.Each(func(_ session.Key, c hub.Conn) { c.Resync() })
		}
	})
	ws, c := p.dial(key)
	p.live(c)
	if got := p.hears(ws, 2); !slices.Equal(got, []string{"one", "in the hole"}) {
		t.Errorf("heard %q", got)
	}
}

func TestResyncShowsWhatWasMissedAndGoesOn(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	p.says(key, "one")
	ws, c := p.dial(key)
	p.hears(ws, 1)
	p.live(c)
	seq := p.says(key, "missed")
	c.Resync()
	p.live(c)
	p.Hub.Push(key, text("next", seq+1, true))
	if got := p.hears(ws, 3); !slices.Equal(got, []string{"one", "missed", "next"}) {
		t.Errorf("heard %q", got)
	}
}

func TestStreamThatWasMadeAnewIsHeard(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key, ws, c := p.page()
	c.goLive(replay{through: bus.Mark{Seq: 1000}})
	c.goLive(replay{through: bus.Mark{Seq: 1}}) // its sequences begin again
	p.Hub.Push(key, text("in the new stream", 2, true))
	if got := p.hears(ws, 1); got[0] != "in the new stream" {
		t.Errorf("heard %q", got)
	}
}

func TestEveryTabIsShownWhatIsNewSinceItsOwnLoading(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	p.says(key, "one")
	first, _ := p.dial(key)
	p.hears(first, 1)
	_ = first.Close()
	p.gone(key)
	p.says(key, "while the first tab was away")
	second, _ := p.dial(key)
	p.hears(second, 2)
	again, _ := p.dial(key)
	if got := p.hears(again, 2); !slices.Equal(got, []string{"one", "while the first tab was away"}) {
		t.Errorf("the first tab heard %q", got)
	}
}

func TestReplayOfLongMessagesIsNoBacklog(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	long := strings.Repeat("<", 4000) // six bytes each on the wire
	for range replayLimit {
		p.says(key, long)
	}
	ws, c := p.dial(key)
	p.live(c)
	p.Hub.Push(key, text("live", 1<<40, true))
	if got := p.hears(ws, replayLimit+1); got[replayLimit] != "live" {
		t.Errorf("last heard %.100q", got[replayLimit])
	}
}

func TestReplayWaitsForTheSessionsService(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	p.says(key, "one")
	p.sessions.Away.Store(true)
	ws, c := p.dial(key)
	asked := p.sessions.Asked.Load()
	bustest.Until(t, "it has been asked in vain", func() bool { return p.sessions.Asked.Load() > asked })
	p.Hub.Push(key, text("live", 1<<40, true))
	p.sessions.Away.Store(false)
	if got := p.hears(ws, 2); !slices.Equal(got, []string{"one", "live"}) {
		t.Errorf("heard %q", got)
	}
	p.live(c)
}

func TestReplayEndsWithItsSocket(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	p.says(key, "one")
	for range maxReplays { // as if so many were being served
		p.replays <- struct{}{}
	}
	for range 20 {
		ws, _ := p.dial(key)
		_ = ws.Close()
		p.gone(key)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); p.wg.Wait() }()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Error("replays of closed sockets wait for their turn")
	}
	for range maxReplays {
		<-p.replays
	}
}

func TestClosingDuringAReplayAsksToConnectAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	p.says(key, "one")
	p.sessions.Away.Store(true)
	ws, _ := p.dial(key)
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if code := p.closed(ws); code != websocket.CloseServiceRestart {
		t.Errorf("closed with %d", code)
	}
}

func TestVisitWhoseDayIsOverStaysOpen(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key, ws, c := p.page()
	p.sessions.Forget(string(key.Session))
	p.Intake.Directory.Forget()
	c.Resync()
	p.live(c)
	p.Hub.Push(key, text("live", 1, true))
	if got := p.hears(ws, 1); got[0] != "live" {
		t.Errorf("heard %q", got)
	}
}
