package slack_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestTicketIsGoodForOneConnectionAndNotForLong(t *testing.T) {
	b := unlimited(t)
	address := b.socketURL()
	conn, _, err := websocket.DefaultDialer.Dial(address, nil)
	must(t, err)
	defer func() { _ = conn.Close() }()
	if _, resp, err := websocket.DefaultDialer.Dial(address, nil); err == nil || resp.StatusCode != http.StatusForbidden {
		t.Fatal("a ticket was used twice")
	}
	late := b.socketURL()
	b.sim.Clock().Advance(time.Minute)
	if _, _, err := websocket.DefaultDialer.Dial(late, nil); err == nil {
		t.Fatal("an old ticket was taken")
	}
}

func TestConnectingCanFailLikeAnythingElse(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(slack.Fault{Method: "socket", Times: 1, Reset: slack.ResetBefore})
	b.sim.Fault(slack.Fault{Method: "socket", Times: 1, Status: http.StatusServiceUnavailable})
	for range 2 {
		if conn, _, err := websocket.DefaultDialer.Dial(b.socketURL(), nil); err == nil {
			_ = conn.Close()
			t.Fatal("connected")
		}
	}
	if _, hello := b.dial(); hello.Type != "hello" {
		t.Fatalf("frame: %+v", hello)
	}
}

func TestWhatIsNoAcknowledgementIsNoticed(t *testing.T) {
	b := unlimited(t)
	l, _ := b.dial()
	b.say("", "hi")
	f := l.read()
	must(t, l.conn.WriteJSON(fields{"type": "nonsense"}))
	l.ack(f, fields{"text": strings.Repeat("x", 20_000)}) // dropped in silence
	b.wait(func(v slack.State) bool { return len(v.Warnings()) == 2 })
	if quiet(b.sim.State()) {
		t.Fatal("an acknowledgement that is too large counted")
	}
	l.ack(f, nil)
	b.wait(quiet)
}

func TestEleventhConnectionIsSentAway(t *testing.T) {
	b := unlimited(t)
	for i := range 10 {
		if _, hello := b.dial(); hello.Connections != i+1 {
			t.Fatalf("hello: %+v", hello)
		}
	}
	if _, f := b.dial(); f.Type != "disconnect" || f.Reason != "too_many_websockets" {
		t.Fatalf("frame: %+v", f)
	}
}

func TestRefreshWarnsFirstAndThenCloses(t *testing.T) {
	b := unlimited(t)
	l, _ := b.dial()
	b.sim.RefreshSockets()
	if f := l.read(); f.Type != "disconnect" || f.Reason != "warning" {
		t.Fatalf("frame: %+v", f)
	}
	fresh, _ := b.dial()
	for range 5 {
		b.say("", "x")
		fresh.ack(fresh.read(), nil) // never to the one that was warned
	}
	b.wait(quiet)
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(10 * time.Second)
	if got := l.closed(); got != "refresh_requested " {
		t.Fatalf("reasons: %q", got)
	}
	b.wait(func(v slack.State) bool { return len(v.Connections()) == 1 })
}

func TestSocketsLifeCanBeLimited(t *testing.T) {
	b := start(t, slack.Options{SocketLifetime: time.Hour})
	l, _ := b.dial()
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(time.Hour)
	if f := l.read(); f.Reason != "warning" {
		t.Fatalf("frame: %+v", f)
	}
}

func TestDisabledLinkIsToldToOldAndNewConnections(t *testing.T) {
	b := unlimited(t)
	l, _ := b.dial()
	b.sim.SetSocketMode(false)
	if got := l.closed(); got != "link_disabled " {
		t.Fatalf("reasons: %q", got)
	}
	if _, f := b.dial(); f.Reason != "link_disabled" {
		t.Fatalf("frame: %+v", f)
	}
	b.sim.SetSocketMode(true)
	if _, f := b.dial(); f.Type != "hello" {
		t.Fatalf("frame: %+v", f)
	}
}

func TestPingsComeAtOnceAndStallingStopsEverything(t *testing.T) {
	b := start(t, slack.Options{PingInterval: time.Millisecond, Budget: slack.Budget{Off: true}})
	conn, _, err := websocket.DefaultDialer.Dial(b.socketURL(), nil)
	must(t, err)
	defer func() { _ = conn.Close() }()
	pings := make(chan struct{}, 1000)
	conn.SetPingHandler(func(string) error {
		select {
		case pings <- struct{}{}:
		default:
		}
		return nil
	})
	frames := make(chan frame, 100)
	go func() {
		for {
			var f frame
			if conn.ReadJSON(&f) != nil {
				close(frames)
				return
			}
			frames <- f
		}
	}()
	<-pings
	<-pings
	<-frames // hello
	b.sim.StallSockets(true)
	b.say("", "into the void")
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(slack.Deadline)
	b.wait(func(v slack.State) bool { return len(v.Deliveries()) == 1 })
	if got := b.sim.Deliveries()[0]; got.Accepted || got.Error != "timeout" {
		t.Fatalf("delivery: %+v", got)
	}
	b.sim.CutSockets()
	for range frames {
		t.Error("something came over a stalled connection")
	}
}

func TestEventsWaitForAConnectionNoLongerThanForAURL(t *testing.T) {
	b := unlimited(t)
	l, _ := b.dial()
	_ = l.conn.Close()
	b.wait(func(v slack.State) bool { return len(v.Connections()) == 0 })
	b.say("", "while nobody listens")
	b.wait(attempts(2))
	back, _ := b.dial()
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(time.Minute)
	f := back.read()
	if f.Attempt != 2 {
		t.Fatalf("frame: %+v", f)
	}
	back.ack(f, nil)
	b.wait(quiet)
}
