package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// told is one event of a stream.
type told struct {
	id, name string
	data     map[string]any
}

func (e told) text(field string) string { text, _ := e.data[field].(string); return text }

// ear is a backend that listens.
type ear struct {
	s      *gatewaytest.Site
	events chan told
	status int
	header http.Header
	cut    func()
	first  string
	// place is the id that comes before any event.
	place chan string
}

// listen opens a stream, and waits for its first line.
func listen(s *gatewaytest.Site, query, auth string, headers ...string) *ear {
	s.Helper()
	ctx, cancel := context.WithCancel(s.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Base+"/api/events/stream"+query, nil)
	if err != nil {
		s.Fatal(err)
	}
	req.Header.Set("Authorization", auth)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	req.Close = true
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		s.Fatal(err)
	}
	e := &ear{s: s, events: make(chan told, 10_000), status: res.StatusCode, header: res.Header, place: make(chan string, 1)}
	lines := bufio.NewReader(res.Body)
	e.first, _ = lines.ReadString('\n')
	var wg sync.WaitGroup
	wg.Go(func() { defer close(e.events); e.read(lines) })
	e.cut = sync.OnceFunc(func() { cancel(); _ = res.Body.Close(); wg.Wait() })
	s.Cleanup(e.cut)
	return e
}

func (e *ear) read(lines *bufio.Reader) {
	var next told
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch field {
		case "id":
			next.id = value
		case "event":
			next.name = value
		case "data":
			_ = json.Unmarshal([]byte(value), &next.data)
		case "":
			switch {
			case next.data != nil:
				e.events <- next
			case next.id != "":
				e.place <- next.id // a second one would hang, and fail the test
			}
			next = told{}
		}
	}
}

// hears waits for the next event and checks its type.
func (e *ear) hears(kind string) told {
	e.s.Helper()
	select {
	case got, open := <-e.events:
		if !open || got.text("type") != kind {
			e.s.Fatalf("heard %+v, want %s", got, kind)
		}
		return got
	case <-time.After(10 * time.Second):
		e.s.Fatalf("no %s came", kind)
	}
	return told{}
}

// ends waits until the stream is over.
func (e *ear) ends() {
	e.s.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case _, open := <-e.events:
			if !open {
				return
			}
		case <-deadline:
			e.s.Fatal("the stream goes on")
		}
	}
}

// answers has an operator write into a backend's session, as inbound would.
func answers(s *gatewaytest.Site, session id.Session, n, content string) {
	s.Helper()
	s.Publish(bus.Event{
		ID: string(session) + n, Type: bus.MessageCreated, Project: id.Default, Session: session, Source: "inbound", Time: time.Now(),
		Data: &eventv1.MessageCreated{SessionId: string(session), VisitorId: "v", Platform: "telegram", Message: &bellhopv1.Message{
			Id: "telegram:" + n, SessionId: string(session), Content: content, Sender: "operator", OperatorName: "Ada", Timestamp: timestamppb.Now(),
		}},
	})
}

// begun starts a backend's session and answers our id of it.
func begun(s *gatewaytest.Site, external string) id.Session {
	s.Helper()
	ok(s, report(s, "/api/sessions", `{"id":"`+external+`","visitorId":"v"}`))
	events := stored(s)
	return events[len(events)-1].Session
}

func TestAnswersComeOutOfTheStreamUnderTheBackendsOwnIDs(t *testing.T) {
	s := gatewaytest.Start(t)
	session := begun(s, "order/7")
	e := listen(s, "", bearer)
	if e.status != 200 || !strings.HasPrefix(e.header.Get("Content-Type"), "text/event-stream") || !strings.HasPrefix(e.first, ":") {
		t.Fatalf("%d %v %q", e.status, e.header, e.first)
	}
	answers(s, session, "77", "hello")
	got := e.hears("operator_message")
	if got.text("sessionId") != "order/7" || got.text("messageId") != "telegram:77" || got.text("content") != "hello" || got.text("sourceBridge") != "telegram" || got.text("operatorName") != "Ada" || got.name != "" || got.id == "" {
		t.Errorf("heard %+v", got)
	}
	s.Call("POST", "/api/v1/sessions/order%2F7/reply", `{"content":"by the API"}`, "Authorization", bearer)
	if got := e.hears("operator_message"); got.text("sessionId") != "order/7" || got.text("sourceBridge") != "api" {
		t.Errorf("heard %+v", got)
	}
	if err := s.Bus.Signal(id.Default, session, "typing", []byte(`{"sender":"operator","isTyping":true,"platform":"slack"}`)); err != nil {
		t.Fatal(err)
	}
	if got := e.hears("operator_typing"); got.text("sessionId") != "order/7" || got.data["isTyping"] != true || got.id != "" {
		t.Errorf("heard %+v", got)
	}
	s.Call("POST", "/api/v1/sessions/order%2F7/close", `{"operatorName":"Ada"}`, "Authorization", bearer)
	if got := e.hears("session_closed"); got.text("sessionId") != "order/7" || got.text("operatorName") != "Ada" {
		t.Errorf("heard %+v", got)
	}
}

func TestWhoWasAwayIsToldEverythingSinceThePlaceThatHeNames(t *testing.T) {
	s := gatewaytest.Start(t)
	other := s.Beside()
	session := begun(s, "a")
	e := listen(s, "", bearer)
	answers(s, session, "1", "first")
	last := e.hears("operator_message").id
	e.cut()
	for _, n := range []string{"2", "3", "4"} {
		answers(s, session, n, "while away")
	}
	for name, again := range map[string]*ear{
		"header": listen(other, "?after=0", bearer, "Last-Event-ID", last), "query": listen(s, "?after="+last, bearer),
		"a bare number": listen(s, "?after="+strings.Split(last, "-")[0], bearer),
	} {
		for _, n := range []string{"2", "3", "4"} {
			if got := again.hears("operator_message"); got.text("messageId") != "telegram:"+n {
				t.Errorf("%s: heard %+v, want %s", name, got, n)
			}
		}
	}
	all := listen(s, "?after=0", bearer)
	answers(s, session, "5", "live")
	for _, n := range []string{"1", "2", "3", "4", "5"} {
		if got := all.hears("operator_message"); got.text("messageId") != "telegram:"+n {
			t.Errorf("from the beginning: heard %+v, want %s", got, n)
		}
	}
}

func TestPlaceOfAnotherStreamIsNotTakenForOneOfThis(t *testing.T) {
	s := gatewaytest.Start(t)
	session := begun(s, "a")
	answers(s, session, "1", "x")
	for _, place := range []string{"2-00000000", "999999"} {
		e := listen(s, "?after="+place, bearer)
		if got := e.hears("reset"); got.name != "reset" {
			t.Errorf("%s: heard %+v", place, got)
		}
		if got := e.hears("operator_message"); got.text("messageId") != "telegram:1" {
			t.Errorf("%s: heard %+v", place, got)
		}
	}
	for _, bad := range []string{"?after=x", "?after=-1", "?after=1-", "?after=1-zzzzzzzz", "?include=all", "?after=99999999999999999999"} {
		got := s.Call("GET", "/api/events/stream"+bad, nil, "Authorization", bearer)
		if got.Status != 400 || got.Text("code") == "" {
			t.Errorf("%s answered %d %s", bad, got.Status, got.Raw)
		}
	}
}

func TestBurstThatOverflowsAListenerLosesNothing(t *testing.T) {
	s := gatewaytest.Start(t)
	session := begun(s.Beside(), "a") // this gateway has not heard what it is called
	e := listen(s, "", bearer)
	s.Sessions.Away.Store(true) // the listener must wait: nobody can say what the backend calls the session
	const burst = 3000
	var events []bus.Event
	for n := range burst {
		events = append(events, bus.Event{
			ID: string(id.NewMessage()), Type: bus.MessageDeleted, Project: id.Default, Session: session, Source: "inbound", Time: time.Now(),
			Data: &eventv1.MessageDeleted{SessionId: string(session), MessageId: string(rune('a' + n%26)), Sender: "operator"},
		})
	}
	s.Publish(events...)
	answers(s, session, "1", "the last")
	s.Sessions.Away.Store(false)
	for range burst {
		e.hears("operator_message_deleted")
	}
	if got := e.hears("operator_message"); got.text("messageId") != "telegram:1" {
		t.Errorf("heard %+v", got)
	}
}

func TestStreamTellsOfVisitorsToWhoAsks(t *testing.T) {
	s := gatewaytest.Start(t)
	quiet, e := listen(s, "", bearer), listen(s, "?include=visitor", bearer)
	ok(s, report(s, "/api/messages", `{"message":{"id":"m1","content":"hi"},"session":{"id":"x","visitorId":"v"}}`))
	ok(s, report(s, "/api/custom-events", `{"event":{"name":"paid","data":{"sum":3}},"session":{"id":"x"}}`))
	if got := e.hears("new_session"); got.text("sessionId") != "x" || got.data["session"].(map[string]any)["id"] != "x" {
		t.Errorf("heard %+v", got)
	}
	got := e.hears("visitor_message")
	if m := got.data["message"].(map[string]any); got.text("visitorId") != "v" || m["id"] != "m1" || m["sessionId"] != "x" {
		t.Errorf("heard %+v", got)
	}
	if got := e.hears("custom_event"); got.data["event"].(map[string]any)["name"] != "paid" {
		t.Errorf("heard %+v", got)
	}
	s.Call("POST", "/api/v1/sessions/x/reply", `{"content":"hello"}`, "Authorization", bearer)
	e.hears("operator_message")
	quiet.hears("operator_message")
}

func TestStreamsEndWhenTheGatewayDoes(t *testing.T) {
	s := gatewaytest.Start(t)
	e := listen(s, "", bearer)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	e.ends()
}
