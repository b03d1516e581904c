package feed_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/feed"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

func TestEveryTabHearsEverythingAsItHappens(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	tabs := []*gatewaytest.Socket{s.Dial(session), s.Dial(session)}
	stranger := s.Dial(s.Visit("w"))
	said := s.Say(session, "hi")
	reply := s.Reply(session, "hello")
	auth := []string{"Authorization", "Bearer " + gatewaytest.Key}
	s.Call("PATCH", "/message/"+said, map[string]string{"sessionId": session, "content": "hi!"})
	s.Call("POST", "/read", map[string]any{"sessionId": session, "messageIds": []string{reply}})
	s.Call("DELETE", "/message/"+said+"?sessionId="+session, nil)
	s.Call("POST", "/api/v1/sessions/"+session+"/events", `{"name":"cart","data":{"n":1}}`, auth...)
	s.Call("POST", "/api/v1/sessions/"+session+"/close", nil, auth...)
	s.Call("POST", "/message", map[string]string{"sessionId": session, "content": "one more thing"})
	s.Call("POST", "/api/v1/events", `{"name":"to all"}`, auth...)
	for _, tab := range tabs {
		if f := tab.Hear("message"); f.Field("id") != said || f.Field("status") != "sent" || f.Field("content") != "hi" {
			t.Errorf("echo %s", f.Data)
		}
		if f := tab.Hear("message"); f.Field("id") != reply || f.Field("sender") != "operator" || f.Field("operatorName") != "Ada" {
			t.Errorf("reply %s", f.Data)
		}
		if f := tab.Hear("message_edited"); f.Field("messageId") != said || f.Field("content") != "hi!" {
			t.Errorf("edit %s", f.Data)
		}
		if f := tab.Hear("read"); f.Field("status") != "read" || !strings.Contains(string(f.Data), reply) {
			t.Errorf("read %s", f.Data)
		}
		if f := tab.Hear("message_deleted"); f.Field("messageId") != said {
			t.Errorf("delete %s", f.Data)
		}
		if f := tab.Hear("event"); f.Field("name") != "cart" || f.Field("timestamp") == "" {
			t.Errorf("event %s", f.Data)
		}
		if f := tab.Hear("session_closed"); f.Field("sessionId") != session {
			t.Errorf("closed %s", f.Data)
		}
		if f := tab.Hear("session_reopened"); f.Field("sessionId") != session || f.Field("reopenedAt") == "" {
			t.Errorf("reopened %s", f.Data)
		}
		if f := tab.Hear("event"); f.Field("name") != "to all" {
			t.Errorf("broadcast %s", f.Data)
		}
	}
	if f := stranger.Hear("event"); f.Field("name") != "to all" {
		t.Errorf("a stranger heard %s", f.Data)
	}
}

func TestDeliveryThatIsReportedAfterAReplyTakesNoTickBack(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	asked := s.Say(session, "a question")
	fact := func(name string, kind bus.Type, data proto.Message) {
		s.Publish(bus.Event{ID: name, Type: kind, Project: id.Default, Session: id.Session(session), Source: "test", Time: time.Now(), Data: data})
	}
	first := s.Dial(session)
	first.Hear("message")
	fact("read", bus.MessageRead, &eventv1.MessageRead{MessageIds: []string{asked}, Status: "read", Reader: "operator"})
	if f := first.Hear("read"); f.Field("status") != "read" {
		t.Errorf("heard %s", f.Data)
	}
	second := s.Dial(session) // is shown it as read
	second.Hear("message")
	next := s.Say(session, "the next")
	fact("late", bus.MessageDeliver, &eventv1.MessageDelivered{MessageIds: []string{asked}})
	fact("both", bus.MessageDeliver, &eventv1.MessageDelivered{MessageIds: []string{asked, next}})
	for _, ws := range []*gatewaytest.Socket{first, second} {
		if f := ws.Hear("read"); f.Field("status") != "delivered" || strings.Contains(string(f.Data), asked) || !strings.Contains(string(f.Data), next) {
			t.Errorf("heard %s", f.Data)
		}
	}
}

// A gateway that has just started remembers no tick; a page that comes back with its position is told none of those before it.
func TestDeliveryThatIsReportedAfterAGatewaysRestartTakesNoTickBack(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	asked := s.Say(session, "a question")
	fact := func(name string, kind bus.Type, data proto.Message) {
		s.Publish(bus.Event{ID: name, Type: kind, Project: id.Default, Session: id.Session(session), Source: "test", Time: time.Now(), Data: data})
	}
	first := s.Dial(session)
	first.Hear("message")
	fact("read", bus.MessageRead, &eventv1.MessageRead{MessageIds: []string{asked}, Status: "read", Reader: "operator"})
	first.Hear("read")
	position := s.Call("GET", "/messages?sessionId="+session, nil).Text("position")
	after := s.Beside()
	again := after.Dial(session + "&position=" + position)
	if f := again.Hear("connected"); f.Object()["resumed"] != true {
		t.Fatalf("connected %s", f.Data)
	}
	next := after.Say(session, "the next")
	fact("late", bus.MessageDeliver, &eventv1.MessageDelivered{MessageIds: []string{asked}})
	fact("both", bus.MessageDeliver, &eventv1.MessageDelivered{MessageIds: []string{asked, next}})
	if f := again.Hear("read"); f.Field("status") != "delivered" || strings.Contains(string(f.Data), asked) || !strings.Contains(string(f.Data), next) {
		t.Errorf("heard %s", f.Data)
	}
}

// PocketPing's widget takes an equal text within two seconds for the same message: to it, and to it alone, they are told apart.
func TestEqualAnswersWithinTwoSecondsAreToldApartToWidgetsThatWouldDropThem(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	s.Say(session, "is it here? and is it warm?")
	old := s.Dial(session)
	resuming := s.Dial(session + "&position=" + s.Call("GET", "/messages?sessionId="+session, nil).Text("position"))
	resuming.Hear("connected")
	begin := time.Now().Add(-time.Minute)
	said := []string{s.Reply(session, "yes"), s.Reply(session, "yes")}
	apart := func(first, second any) time.Duration {
		t.Helper()
		var at [2]time.Time
		for i, text := range []any{first, second} {
			var err error
			if at[i], err = time.Parse(time.RFC3339, fmt.Sprint(text)); err != nil {
				t.Fatal(err)
			}
		}
		return at[1].Sub(at[0])
	}
	answer := func(ws *gatewaytest.Socket, want string) string {
		t.Helper()
		for {
			if f := ws.Hear("message"); f.Field("sender") == "operator" {
				if f.Field("id") != want {
					t.Errorf("heard %s, want %s", f.Data, want)
				}
				return f.Field("timestamp")
			}
		}
	}
	for name, ws := range map[string]*gatewaytest.Socket{"live": old, "replayed": s.Dial(session)} {
		if got := apart(answer(ws, said[0]), answer(ws, said[1])); got < 2*time.Second {
			t.Errorf("%s they are %v apart", name, got)
		}
	}
	if got := apart(answer(resuming, said[0]), answer(resuming, said[1])); got >= 2*time.Second {
		t.Errorf("to a client that resumes they are %v apart", got)
	}
	polled, ok := s.Call("GET", "/messages?sessionId="+session+"&after="+begin.UTC().Format("2006-01-02T15:04:05.000Z"), nil).Body["messages"].([]any)
	if !ok || len(polled) != 3 {
		t.Fatalf("polled %v", polled)
	}
	stamp := func(m any) any { return m.(map[string]any)["timestamp"] }
	if got := apart(stamp(polled[1]), stamp(polled[2])); got < 2*time.Second {
		t.Errorf("polled they are %v apart", got)
	}
}

func TestPresenceIsToldToEverybodyAlsoWhenTheSessionsServiceIsLate(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	ws := s.Dial(s.Visit("v"))
	online := func(is bool, who string) {
		s.Call("POST", "/api/operator/status", map[string]any{"online": is, "operatorId": who}, "Authorization", "Bearer "+gatewaytest.Key)
	}
	ws.Hear("presence") // as it is when the page comes
	online(true, "ada")
	if f := ws.Hear("presence"); !strings.Contains(string(f.Data), `"online":true`) {
		t.Errorf("presence %s", f.Data)
	}
	s.Sessions.Away.Store(true)
	asked := s.Sessions.Asked.Load()
	online(false, "ada")
	bustest.Until(t, "it has been asked in vain", func() bool { return s.Sessions.Asked.Load() > asked })
	s.Sessions.Away.Store(false)
	if f := ws.Hear("presence"); !strings.Contains(string(f.Data), `"online":false`) {
		t.Errorf("presence %s", f.Data)
	}
}

func TestTypingOfTheTeamIsShownAndTheVisitorsOwnIsNot(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	ws := s.Dial(session)
	heard := make(chan string, 8)
	stop, err := s.Bus.OnSignal(feed.TypingNoun, func(_ id.Project, of id.Session, payload []byte) {
		if string(of) == session {
			heard <- string(payload)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	s.Call("POST", "/typing", map[string]any{"sessionId": session, "sender": "visitor"})
	if got := <-heard; got != `{"sender":"visitor","isTyping":true}` {
		t.Errorf("the others hear %s", got)
	}
	for _, payload := range []string{`{`, `null`, `{"sender":"visitor","isTyping":true}`, `{"sender":"operator","isTyping":true}`} {
		if err := s.Bus.Signal(id.Default, id.Session(session), feed.TypingNoun, []byte(payload)); err != nil {
			t.Fatal(err)
		}
	}
	if f := ws.Hear("typing"); f.Field("sender") != "operator" {
		t.Errorf("typing %s", f.Data)
	}
}

// What a page sees over several sockets of its own, one after another, in the order in which it came. Messages may be shown
// again by a replay.
type page struct {
	messages []string
	events   []string
}

func (p *page) take(raw []byte) {
	var f struct {
		Type string
		Data struct{ Content, Name string }
	}
	switch err := json.Unmarshal(raw, &f); {
	case err != nil:
	case f.Type == "event":
		p.events = append(p.events, f.Data.Name)
	case f.Type == "message" && !slices.Contains(p.messages, f.Data.Content):
		p.messages = append(p.messages, f.Data.Content)
	}
}

// Sockets come and go while messages and custom events are stored as fast as the bus takes them: no page misses a message or
// is shown one out of order, and between a socket's first custom event and its last none is missing.
func TestResumeNeverLies(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	s.Say(session, "m000")
	const total = 140 // a replay shows a hundred messages
	stored := make(chan struct{})
	go func() {
		defer close(stored)
		for i := 1; i < total; i++ {
			kind, path, body := "POST", "/message", fmt.Sprintf(`{"sessionId":%q,"content":"m%03d"}`, session, i)
			if i%3 == 0 {
				path, body = "/api/v1/sessions/"+session+"/events", fmt.Sprintf(`{"name":"e%03d"}`, i)
			}
			if got := s.Call(kind, path, body, "Authorization", "Bearer "+gatewaytest.Key); got.Status != 200 {
				t.Errorf("%s: %d %s", path, got.Status, got.Raw)
				return
			}
		}
	}()
	var want []string
	for i := range total {
		if i == 0 || i%3 != 0 {
			want = append(want, fmt.Sprintf("m%03d", i))
		}
	}
	var wg sync.WaitGroup
	for tab := range 4 {
		wg.Go(func() {
			p := browse(t, s, session, want[len(want)-1], 3+tab*7)
			if !slices.Equal(p.messages, want) {
				t.Errorf("tab %d saw %d messages, want %d: %q", tab, len(p.messages), len(want), p.messages)
			}
		})
	}
	<-stored
	wg.Wait()
}

// browse opens one socket after another, each for so many frames, until the last message has been seen.
func browse(t *testing.T, s *gatewaytest.Site, session, last string, frames int) *page {
	p := new(page)
	for !slices.Contains(p.messages, last) {
		ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(s.URL, "http", "ws", 1)+"/stream?sessionId="+session, nil)
		if err != nil {
			t.Error(err)
			return p
		}
		_ = res.Body.Close()
		live := len(p.events)
		for n := frames + len(p.messages); n > 0 && !slices.Contains(p.messages, last); n-- { // what is shown again, and more
			_ = ws.SetReadDeadline(time.Now().Add(20 * time.Second))
			_, raw, err := ws.ReadMessage()
			if err != nil {
				t.Errorf("after %d messages: %v", len(p.messages), err)
				return p
			}
			p.take(raw)
		}
		_ = ws.Close()
		for i := live + 1; i < len(p.events); i++ {
			var before, now int
			_, _ = fmt.Sscanf(p.events[i-1], "e%d", &before)
			_, _ = fmt.Sscanf(p.events[i], "e%d", &now)
			if now != before+3 {
				t.Errorf("event %s after %s", p.events[i], p.events[i-1])
			}
		}
	}
	return p
}

func TestForeignBytesOnTheBusHarmNobody(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	ws := s.Dial(session)
	nc := bustest.Alone{Server: s.NATS}.Client(t)
	subject := "bellhop.v1." + id.Session(session).Part().String() + ".default." + session + ".message.created"
	for _, junk := range []string{``, `{`, `null`, `{"specversion":"1.0","id":"x"}`, strings.Repeat("[", 100_000)} {
		if _, err := nc.Request(subject, []byte(junk), time.Second); err != nil {
			t.Fatal(err)
		}
	}
	s.Publish(bus.Event{ID: "future", Type: "coffee.served", Project: "default", Session: id.Session(session), Source: "x", Time: time.Now()})
	s.Say(session, "still here")
	if f := ws.Hear("message"); f.Field("content") != "still here" {
		t.Errorf("heard %s", f.Data)
	}
}

func TestPageThatComesBackIsToldWhetherSomebodyIsThere(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	comes := func() any { return s.Dial(session).Hear("presence").Object()["online"] }
	if got := comes(); got != false {
		t.Errorf("with nobody there a page is told %v", got)
	}
	for _, is := range []bool{true, false} {
		s.Call("POST", "/api/operator/status", map[string]any{"online": is}, "Authorization", "Bearer "+gatewaytest.Key)
		bustest.Until(t, "a page that comes is told", func() bool { return comes() == is })
	}
}
