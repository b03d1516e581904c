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
