package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// backend is a customer's server: it calls the API with a key.
type backend struct {
	t   *testing.T
	s   *stack
	key string
}

func (b backend) call(path, body string) (status int, answer string) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.s.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if b.key != "" {
		req.Header.Set("Authorization", "Bearer "+b.key)
	}
	return b.s.do(b.t, req)
}

func (b backend) must(path, body string) string {
	b.t.Helper()
	status, answer := b.call(path, body)
	if status != http.StatusOK {
		b.t.Fatalf("POST %s: %d %s", path, status, answer)
	}
	return answer
}

func TestBackendSpeaksOverHTTP(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		b := backend{t, s, apiKey}
		session := "/api/v1/sessions/" + vera.SessionID()
		b.must(session+"/reply", `{"content":"from the backend","operatorName":"Robot"}`)
		if heard := vera.Hears("from the backend"); heard.OperatorName != "Robot" {
			t.Errorf("heard it from %q", heard.OperatorName)
		}
		room.Shows("from the backend") // what the team says elsewhere is shown in the thread
		b.must(session+"/events", `{"name":"order_shipped","data":{"parcels":2}}`)
		var data struct{ Parcels int }
		if vera.SeesEvent("order_shipped", &data); data.Parcels != 2 {
			t.Errorf("the event's data are %+v", data)
		}
		b.must(session+"/close", `{"operatorName":"Robot"}`)
		vera.SeesClosed(1)
		room.Is(team.Closed)
	})
}

func TestBroadcastReachesEverybody(t *testing.T) {
	s := usual(t)
	vera, looker := s.arrives(t), s.arrives(t)
	vera.Says("hi")
	backend{t, s, apiKey}.must("/api/v1/events", `{"name":"sale","data":"ends soon"}`)
	vera.SeesEvent("sale", nil)
	looker.SeesEvent("sale", nil)
}

func TestOperatorsPresenceIsShown(t *testing.T) {
	s := own(t, setup{on: []string{team.Telegram}})
	vera := s.arrives(t)
	b := backend{t, s, apiKey}
	b.must("/api/operator/status", `{"online":true}`)
	vera.Waits("the header to say online", vera.Page().Online)
	if !vera.Connects().OperatorOnline {
		t.Error("a connect says offline")
	}
	b.must("/api/operator/status", `{"online":false}`)
	vera.Waits("the header to say offline", func() bool { return !vera.Page().Online() })
}

func TestAPINeedsTheKeyAndGoodInput(t *testing.T) {
	s := own(t, setup{on: []string{team.Telegram}})
	vera := s.arrives(t)
	m := vera.Says("hi")
	s.at(t, team.Telegram).Room(vera).Shows("hi")
	vera.SeesStatus(m.ID, "delivered")
	session := "/api/v1/sessions/" + vera.SessionID()
	before := s.lastSeq(t)
	for _, key := range []string{"", "wrong", apiKey[:5], apiKey + "x"} {
		for _, path := range []string{session + "/reply", session + "/events", session + "/close", "/api/v1/events", "/api/operator/status", "/api/nothing"} {
			if status, body := (backend{t, s, key}).call(path, `{"content":"x","name":"x","online":true}`); status != http.StatusUnauthorized || !isRefusal(body) {
				t.Errorf("POST %s with the key %q: %d %s", path, key, status, body)
			}
		}
	}
	unknown := "/api/v1/sessions/ses_0000000000000000000000"
	for _, c := range [][2]string{
		{session + "/reply", `{"content":""}`}, {session + "/reply", `no JSON`}, {session + "/reply", `{"content":7}`}, {session + "/reply", `[]`},
		{session + "/reply", `{"content":"` + strings.Repeat("x", 4001) + `"}`}, {session + "/reply", `{"content":"x","operatorName":"` + strings.Repeat("x", 101) + `"}`},
		{unknown + "/reply", `{"content":"x"}`}, {"/api/v1/sessions/all/reply", `{"content":"x"}`},
		{session + "/events", `{}`}, {session + "/events", `{"name":""}`}, {session + "/events", `{"name":"x","data":` + deep + `}`},
		{unknown + "/events", `{"name":"x"}`}, {"/api/v1/sessions/all/events", `{"name":"x"}`}, {unknown + "/close", `{}`},
		{"/api/v1/events", `{"name":7}`}, {"/api/operator/status", `{}`}, {"/api/operator/status", `{"online":"yes"}`}, {"/api/nothing", `{}`},
		{session + "/reply", `{"content":"` + strings.Repeat("x", 100<<10) + `"}`},
	} {
		if status, body := (backend{t, s, apiKey}).call(c[0], c[1]); status < 400 || status > 499 || !isRefusal(body) {
			t.Errorf("POST %s %.60s: %d %s", c[0], c[1], status, body)
		}
	}
	if after := s.lastSeq(t); after != before {
		t.Errorf("the bus went from %d to %d", before, after)
	}
}

func TestCommandsOverNATS(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		session := id.Session(vera.SessionID())
		ask := func(to id.Session, c bus.Command, body string) (answer struct{ Error, Code, MessageID string }) {
			raw, err := s.bus.Request(visitor.Within(t), id.Default, to, c, []byte(body))
			if err == nil {
				err = json.Unmarshal(raw, &answer)
			}
			if err != nil {
				t.Fatalf("%s: %v", c, err)
			}
			return answer
		}
		if answer := ask(session, bus.SendMessage, `{"content":"over NATS","operatorName":"Nina"}`); answer.Error != "" || answer.MessageID == "" {
			t.Errorf("send: %+v", answer)
		}
		vera.Hears("over NATS")
		room.Shows("over NATS")
		ask(session, bus.EmitEvent, `{"name":"ping","data":[1,2]}`)
		vera.SeesEvent("ping", nil)
		ask(id.Everyone, bus.EmitEvent, `{"name":"to all"}`)
		vera.SeesEvent("to all", nil)
		for command, body := range map[bus.Command]string{bus.SendMessage: `{"content":""}`, bus.EmitEvent: `{"name":7}`, bus.CloseSession: `[]`} {
			if answer := ask(session, command, body); answer.Error == "" || answer.Code == "" {
				t.Errorf("%s %s was taken: %+v", command, body, answer)
			}
		}
		if answer := ask("ses_0000000000000000000000", bus.SendMessage, `{"content":"x"}`); answer.Code != "unknown_session" {
			t.Errorf("an unknown session: %+v", answer)
		}
		ask(session, bus.CloseSession, `{}`)
		vera.SeesClosed(1)
		room.Is(team.Closed)
	})
}

func TestPagesCustomEventIsStored(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	if !vera.Trigger("added_to_cart", map[string]any{"sku": "A-1"}) {
		t.Fatal("no socket to send it over")
	}
	vera.eventually("the event on the bus", func() bool {
		found := false
		filter := bus.Filter{Project: id.Default, Session: id.Session(vera.SessionID()), Type: bus.EventReceived}
		if err := s.bus.Replay(visitor.Within(t), 1, filter, func(bus.Event) error { found = true; return nil }); err != nil {
			t.Fatal(err)
		}
		return found
	})
	if len(vera.Page().Events()) > 0 {
		t.Error("what the page sent came back to it")
	}
}
