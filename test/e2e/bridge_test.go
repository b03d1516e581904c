package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// called is a visitor of a site whose own backend serves him.
type called string

func (c called) Name() string { return string(c) }

// outgoing is one event of the bridge API's stream.
type outgoing struct {
	place                                                           string
	Type, SessionID, MessageID, Content, SourceBridge, OperatorName string
}

// hears reads the stream from a place on ("" for now) and calls next with each event until it answers false. ready is called as
// soon as nothing can be missed.
func (b backend) hears(place string, ready func(), next func(outgoing) bool) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(visitor.Within(b.t))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.s.url+"/api/events/stream", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+b.key)
	if place != "" {
		req.Header.Set("Last-Event-ID", place)
	}
	res, err := b.s.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	var ev outgoing
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "": // a comment has no field either
			if value == "connected" {
				ready()
			}
		case "id":
			ev.place = value
		case "data":
			if err := json.Unmarshal([]byte(value), &ev); err != nil {
				b.t.Fatal(err)
			}
			if !next(ev) {
				return
			}
			ev = outgoing{}
		}
	}
	b.t.Fatalf("the stream has ended: %v", lines.Err())
}

func TestBackendsVisitorIsAnsweredAndNothingIsLostWhileItIsAway(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		b := backend{t, s, apiKey}
		id, name := "cart 7/"+desk.Label(), "Grace of "+desk.Label()
		session := `{"id":"` + id + `","visitorId":"v1","identity":{"id":"u1","name":"` + name + `"}}`
		b.must("/api/messages", `{"message":{"id":"m1","content":"where is my parcel?"},"session":`+session+`}`)
		b.must("/api/messages", `{"message":{"id":"m1","content":"where is my parcel?"},"session":`+session+`}`) // a retry
		room := desk.Room(called(name))
		room.Shows("where is my parcel?")
		place := ""
		b.hears("", func() { room.Says("on its way") }, func(ev outgoing) bool {
			if ev.SessionID != id { // another test's
				return true
			}
			if ev.Type == "operator_typing" {
				return true
			}
			if ev.Type != "operator_message" || ev.Content != "on its way" || ev.OperatorName == "" || !strings.HasPrefix(ev.MessageID, ev.SourceBridge+":") {
				t.Errorf("heard %+v", ev)
			}
			place = ev.place
			return false
		})
		room.Says("it is in Hamburg") // while the backend is away
		room.Says("now in Berlin")
		b.must("/api/events", `{"type":"visitor_message_edited","sessionId":"`+id+`","messageId":"m1","content":"where is my parcel now?"}`)
		room.Shows("where is my parcel now?")
		var heard []string
		b.hears(place, func() {}, func(ev outgoing) bool {
			if ev.SessionID == id && ev.Type == "operator_message" {
				heard = append(heard, ev.Content)
			}
			return len(heard) < 2
		})
		if strings.Join(heard, ", ") != "it is in Hamburg, now in Berlin" {
			t.Errorf("heard %q", heard)
		}
		if n := room.Count("where is my parcel"); n != 1 {
			t.Errorf("what was told twice is shown %d times", n)
		}
		b.must("/api/disconnect", `{"session":{"id":"`+id+`"},"duration":42,"reason":"manual"}`)
		room.Shows("left")
	})
}
