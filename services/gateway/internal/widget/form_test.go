package widget_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

// happens puts an event of a session on the bus, as the team's platforms do.
func happens(s *gatewaytest.Site, session string, kind bus.Type, data proto.Message) {
	s.Helper()
	s.Publish(bus.Event{
		ID: string(id.NewMessage()), Type: kind, Project: id.Default, Session: id.Session(session), Source: "inbound", Time: time.Now(), Data: data,
	})
}

// updates are what the bus says to have changed about a session, oldest first.
func updates(s *gatewaytest.Site, session string) (all []*bellhopv1.Session) {
	for _, ev := range s.Events(session) {
		if data, ok := ev.Data.(*eventv1.Session); ok && ev.Type == bus.SessionUpdated {
			all = append(all, data.GetSession())
		}
	}
	return all
}

func TestIdentityIsStoredOnceByEitherName(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	for _, body := range []string{
		`{"id":"u1","email":"ada@example.com","plan":{"name":"pro"}}`, `{"userId":"u1","plan":{"name":"pro"}}`, `{"id":"u1","name":"Ada"}`,
	} {
		got := s.Call("POST", "/identify", `{"sessionId":"`+session+`","identity":`+body+`}`)
		if got.Status != http.StatusOK || got.Body["ok"] != true {
			t.Fatalf("%s: %d %s", body, got.Status, got.Raw)
		}
	}
	all := updates(s, session)
	if len(all) != 2 {
		t.Fatalf("updates %v", all)
	}
	first, second := all[0].GetIdentity().AsMap(), all[1].GetIdentity().AsMap()
	if first["id"] != "u1" || first["email"] != "ada@example.com" || first["plan"] == nil || len(second) != 1 || second["name"] != "Ada" {
		t.Errorf("updates %v", all)
	}
	again := s.Call("POST", "/connect", map[string]any{"visitorId": "v", "sessionId": session})
	if identity, _ := again.Body["identity"].(map[string]any); identity["id"] != "u1" || identity["name"] != "Ada" {
		t.Errorf("connect answered %s", again.Raw)
	}
}

func TestContactOfThePreChatFormIsStored(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	for range 2 { // the second time nothing is new
		got := s.Call("POST", "/prechat", `{"sessionId":"`+session+`","email":"ada@example.com","phone":"+491701234567","phoneCountry":"de"}`)
		if got.Status != http.StatusOK || got.Body["ok"] != true {
			t.Fatalf("%d %s", got.Status, got.Raw)
		}
	}
	all := updates(s, session)
	if len(all) != 1 || all[0].GetIdentity().AsMap()["email"] != "ada@example.com" || all[0].GetUserPhone() != "+491701234567" || all[0].GetUserPhoneCountry() != "DE" {
		t.Errorf("updates %v", all)
	}
	again := s.Call("POST", "/connect", map[string]any{"visitorId": "v", "sessionId": session})
	if again.Body["identity"] != nil {
		t.Errorf("a widget takes no identity without an id: %s", again.Raw)
	}
}

func TestRatingIsAskedForUntilItIsGivenAndTheFirstOneCounts(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	s.Say(session, "hi")
	tab := s.Dial(session)
	tab.Hear("message")
	asked := time.Now().UTC().Truncate(time.Millisecond)
	happens(s, session, bus.CsatRequested, &eventv1.Csat{SessionId: session, At: timestamppb.New(asked), By: "Ada"})
	want := asked.Format("2006-01-02T15:04:05.000Z")
	if f := tab.Hear("csat_request"); f.Field("requestedAt") != want {
		t.Errorf("heard %s", f.Data)
	}
	if f := s.Dial(session).Hear("csat_request"); f.Field("requestedAt") != want {
		t.Errorf("a page that comes back hears %s", f.Data)
	}
	if f := s.Beside().Dial(session).Hear("csat_request"); f.Field("requestedAt") != want {
		t.Errorf("a gateway that was not there shows %s", f.Data)
	}
	rate := func(score int) gatewaytest.Answer {
		return s.Call("POST", "/csat", map[string]any{"sessionId": session, "score": score, "comment": "fine"})
	}
	if got := rate(5); got.Status != http.StatusOK || got.Body["ok"] != true || got.Body["alreadyRated"] != nil {
		t.Errorf("%d %s", got.Status, got.Raw)
	}
	if got := rate(1); got.Status != http.StatusOK || got.Body["alreadyRated"] != true {
		t.Errorf("%d %s", got.Status, got.Raw)
	}
	var ratings []*eventv1.Csat
	for _, ev := range s.Events(session) {
		if data, ok := ev.Data.(*eventv1.Csat); ok && ev.Type == bus.CsatSubmitted {
			ratings = append(ratings, data)
		}
	}
	if len(ratings) != 1 || ratings[0].GetScore() != 5 || ratings[0].GetComment() != "fine" {
		t.Errorf("ratings %v", ratings)
	}
	happens(s, session, bus.CsatRequested, &eventv1.Csat{SessionId: session, At: timestamppb.Now()})
	after := s.Dial(session)
	for _, ws := range []*gatewaytest.Socket{tab, after} {
		s.Reply(session, "thanks")
		if kinds := ws.Until("message", "thanks"); kinds["csat_request"] > 0 {
			t.Error("a rating that was given is asked for")
		}
	}
}

func TestBlockedVisitorIsRefusedWhateverHeSaysAndMayReadOn(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, gatewaytest.WithScreenshots)
	session := s.Visit("v")
	message := s.Say(session, "hi")
	id, address := s.Promise(session, "a.png", "image/png", len(gatewaytest.PNG))
	tab := s.Dial(session)
	happens(s, session, bus.SessionBlocked, &eventv1.Switch{SessionId: session, On: true, By: "Ada"})
	bustest.Until(t, "the gateway has heard it", func() bool {
		return s.Call("POST", "/typing", map[string]string{"sessionId": session}).Status == http.StatusForbidden
	})
	other := s.Beside(gatewaytest.WithScreenshots) // knows it from the sessions service
	before := s.End()
	for _, site := range []*gatewaytest.Site{s, other} {
		for path, body := range map[string]string{
			"POST /message": `"content":"x"`, "PATCH /message/" + message: `"content":"x"`, "POST /delete": `"messageId":"` + message + `"`,
			"POST /typing": `"isTyping":true`, "POST /read": `"messageIds":[]`, "POST /upload": `"filename":"a","size":1`,
			"POST /upload/complete": `"attachmentId":"` + id + `"`, "POST /identify": `"identity":{"id":"u"}`, "POST /prechat": `"email":"a@b.c"`,
			"POST /csat": `"score":1`, "POST /screenshot/upload": `"requestId":"r"`, "POST /screenshot/upload/complete": `"requestId":"r"`,
		} {
			method, route, _ := strings.Cut(path, " ")
			s.WantError(site.Call(method, route, `{"sessionId":"`+session+`",`+body+`}`), http.StatusForbidden, "blocked")
		}
		if got := site.Call("POST", "/connect", map[string]any{"visitorId": "v", "sessionId": session}); got.Status != http.StatusOK || got.Text("sessionId") != session {
			t.Errorf("connect: %d %s", got.Status, got.Raw)
		}
		if got := site.Call("GET", "/messages?sessionId="+session, nil); got.Status != http.StatusOK {
			t.Errorf("history: %d %s", got.Status, got.Raw)
		}
	}
	s.WantError(s.Put(address, gatewaytest.PNG), http.StatusForbidden, "blocked")
	tab.Send(`{"type":"event","data":{"name":"x"}}`)
	if f := tab.Hear("error"); f.Field("code") != "blocked" {
		t.Errorf("heard %s", f.Data)
	}
	if got := s.End(); got != before {
		t.Errorf("the bus went from %d to %d", before, got)
	}
	happens(s, session, bus.SessionBlocked, &eventv1.Switch{SessionId: session, On: false})
	bustest.Until(t, "he may speak again", func() bool {
		return s.Call("POST", "/typing", map[string]string{"sessionId": session}).Status == http.StatusOK
	})
}
