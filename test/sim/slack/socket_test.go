package slack_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

// frame is one message of Socket Mode.
type frame struct {
	Type        string          `json:"type"`
	Reason      string          `json:"reason"`
	EnvelopeID  string          `json:"envelope_id"`
	Payload     json.RawMessage `json:"payload"`
	Accepts     bool            `json:"accepts_response_payload"`
	Attempt     int             `json:"retry_attempt"`
	RetryReason string          `json:"retry_reason"`
	Connections int             `json:"num_connections"`
	Info        struct {
		AppID string `json:"app_id"`
	} `json:"connection_info"`
}

// line is an open connection of the app.
type line struct {
	t    testing.TB
	conn *websocket.Conn
}

func (b *bot) socketURL() string {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.sim.URL()+"apps.connections.open", nil)
	must(b.t, err)
	req.Header.Set("Authorization", "Bearer "+b.sim.AppToken())
	r, err := b.do(req)
	must(b.t, err)
	var out struct{ URL string }
	must(b.t, json.Unmarshal(r.Body, &out))
	if !r.OK || out.URL == "" {
		b.t.Fatalf("answer: %s", r.Body)
	}
	return out.URL
}

// dial opens a connection and reads its first message.
func (b *bot) dial() (*line, frame) {
	b.t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial(b.socketURL(), nil)
	must(b.t, err)
	b.t.Cleanup(func() { _ = conn.Close() })
	l := &line{t: b.t, conn: conn}
	return l, l.read()
}

func (l *line) read() frame {
	l.t.Helper()
	must(l.t, l.conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	var f frame
	must(l.t, l.conn.ReadJSON(&f))
	return f
}

func (l *line) ack(f frame, payload any) {
	l.t.Helper()
	answer := fields{"envelope_id": f.EnvelopeID}
	if payload != nil {
		answer["payload"] = payload
	}
	must(l.t, l.conn.WriteJSON(answer))
}

// closed reads until the connection ends and returns the reasons that were given on the way.
func (l *line) closed() (reasons string) {
	l.t.Helper()
	must(l.t, l.conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	for {
		var f frame
		if err := l.conn.ReadJSON(&f); err != nil {
			return reasons
		}
		reasons += f.Reason + " "
	}
}

func TestSocketSaysHelloAndBringsEventsUntilTheyAreAcknowledged(t *testing.T) {
	b := unlimited(t)
	l, hello := b.dial()
	if hello.Type != "hello" || hello.Connections != 1 || hello.Info.AppID != slack.AppID {
		t.Fatalf("hello: %+v", hello)
	}
	b.say("", "hi")
	f := l.read()
	var e event
	must(t, json.Unmarshal(f.Payload, &e))
	if f.Type != "events_api" || f.Attempt != 0 || f.Accepts || e.EventID == "" {
		t.Fatalf("frame: %+v", f)
	}
	l.ack(f, nil)
	b.wait(quiet)
	if got := b.sim.Deliveries(); len(got) != 1 || !got[0].Accepted || got[0].Via != "socket" {
		t.Fatalf("deliveries: %+v", got)
	}
}

func TestUnacknowledgedEventComesAgain(t *testing.T) {
	b := unlimited(t)
	l, _ := b.dial()
	b.say("", "hi")
	first := l.read()
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(slack.Deadline)
	second := l.read()
	if second.Attempt != 1 || second.RetryReason != "timeout" || second.EnvelopeID == first.EnvelopeID || string(second.Payload) != string(first.Payload) {
		t.Fatalf("second: %+v", second)
	}
	l.ack(first, nil) // too late: nobody waits for it
	l.ack(second, nil)
	b.wait(quiet)
}

func TestEventOfABrokenConnectionGoesToAnother(t *testing.T) {
	b := unlimited(t)
	l, _ := b.dial()
	b.say("", "hi")
	l.read()
	other, _ := b.dial()
	_ = l.conn.Close()
	f := other.read()
	if f.Attempt != 1 {
		t.Fatalf("frame: %+v", f)
	}
	other.ack(f, nil)
	b.wait(quiet)
}

func TestEnvelopesAreSpreadOverTheConnections(t *testing.T) {
	b := unlimited(t)
	for range 3 {
		l, _ := b.dial()
		go func() {
			for {
				var f frame
				if l.conn.ReadJSON(&f) != nil {
					return
				}
				_ = l.conn.WriteJSON(fields{"envelope_id": f.EnvelopeID})
			}
		}()
	}
	for range 60 {
		b.say("", "x")
	}
	b.wait(quiet)
	share := map[int]int{}
	for _, d := range b.sim.Deliveries() {
		share[d.Socket]++
	}
	for id := 1; id <= 3; id++ {
		if share[id] < 5 {
			t.Fatalf("shares: %v (seed %d)", share, b.sim.Seed())
		}
	}
}

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
