package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/api"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

const (
	auth   = "Authorization"
	bearer = "Bearer " + gatewaytest.Key
)

// erase asks for an erasure and answers its id.
func erase(s *gatewaytest.Site, path string, sessions float64) string {
	s.Helper()
	answer := s.Call("DELETE", path, nil, auth, bearer)
	var begun map[string]any
	if err := json.Unmarshal([]byte(answer.Raw), &begun); err != nil || answer.Status != 202 || begun["sessions"] != sessions {
		s.Fatalf("DELETE %s: %d %s", path, answer.Status, answer.Raw)
	}
	erasureID, _ := begun["erasureId"].(string)
	return erasureID
}

func TestErasingASessionEndsItsSocketsAndRefusesWhatComesLate(t *testing.T) {
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	s.Say(session, "hi")
	ws, other := s.Dial(session), s.Dial(s.Visit("w"))
	erasureID := erase(s, "/api/v1/sessions/"+session, 1)
	if f := ws.Hear("session_erased"); f.Field("sessionId") != session || f.Field("erasedAt") == "" {
		t.Errorf("the page heard %s", f.Data)
	}
	if code := ws.Closed(); code != 4410 {
		t.Errorf("closed with %d", code)
	}
	s.WantError(s.Call("POST", "/message", `{"sessionId":"`+session+`","content":"late","sender":"visitor"}`), 404, "unknown_session")
	events := s.Events(session)
	last, ok := events[len(events)-1].Data.(*eventv1.Session)
	if !ok || last.GetErasure() != erasureID || last.GetReason() != "request" || last.GetSession().GetVisitorId() != "" {
		t.Errorf("the newest event is %v", events[len(events)-1])
	}
	if again := erase(s, "/api/v1/sessions/"+session, 1); again != erasureID || len(s.Events(session)) != len(events) {
		t.Errorf("erasing it again is %s", again)
	}
	other.Send(`{"type":"event","data":{"name":"n"}}`) // it goes on
}

func TestErasingAVisitorErasesAllOfHisSessionsAndIsReported(t *testing.T) {
	s := gatewaytest.Start(t)
	first, second, other := s.Visit("v"), s.Visit("v"), s.Visit("w")
	for _, session := range []string{first, second, other} {
		s.Say(session, "hi")
	}
	erasureID := erase(s, "/api/v1/visitors/v", 2)
	for session, want := range map[string]bool{first: true, second: true, other: false} {
		if erased := slices.Contains(s.Types(session), bus.SessionErased); erased != want {
			t.Errorf("erased: %t, want %t", erased, want)
		}
	}
	answer := s.Call("GET", "/api/v1/erasures/"+erasureID, nil, auth, bearer)
	var report struct {
		ID, State string
		Sessions  []struct{ Parts map[string]api.ErasedPart }
	}
	if err := json.Unmarshal([]byte(answer.Raw), &report); err != nil || answer.Status != 200 || report.State != "pending" || len(report.Sessions) != 2 || report.Sessions[0].Parts["data"].State != "pending" {
		t.Errorf("the report is %d %s", answer.Status, answer.Raw)
	}
	s.WantError(s.Call("DELETE", "/api/v1/visitors/v", nil, auth, bearer), 404, "unknown_visitor")
}

func TestExportHoldsEverythingOfAVisitorAndNothingOfOthers(t *testing.T) {
	s := gatewaytest.Start(t)
	mine, other := s.Visit("v"), s.Visit("w")
	s.Say(mine, "my words")
	s.Say(other, "other words")
	s.Publish(bus.Event{
		ID: "e1", Type: bus.EventReceived, Project: id.Default, Session: id.Session(mine), Source: "gateway", Time: s.Events(mine)[0].Time,
		Data: &eventv1.Custom{SessionId: mine, Name: "clicked", Data: structpb.NewStringValue("my click")},
	})
	answer := s.Call("GET", "/api/v1/visitors/v/export", nil, auth, bearer)
	var export struct {
		VisitorID string
		Sessions  []struct {
			Session  struct{ ID string }
			Messages []struct{ Content string }
			Events   []struct {
				Name, Data, Direction string
			}
			Files []any
		}
	}
	if err := json.Unmarshal([]byte(answer.Raw), &export); err != nil || answer.Status != 200 {
		t.Fatalf("%d %s: %v", answer.Status, answer.Raw, err)
	}
	if len(export.Sessions) != 1 || export.VisitorID != "v" || export.Sessions[0].Session.ID != mine {
		t.Fatalf("exported is %s", answer.Raw)
	}
	got := export.Sessions[0]
	if len(got.Messages) != 1 || got.Messages[0].Content != "my words" || len(got.Events) != 1 || got.Events[0].Data != "my click" || got.Events[0].Direction != "received" {
		t.Errorf("exported is %s", answer.Raw)
	}
	if strings.Contains(answer.Raw, "other words") {
		t.Error("somebody else's words are exported")
	}
}

func TestDataOfNobodyIsNotFoundAndAWrongKeyIsRefused(t *testing.T) {
	s := gatewaytest.Start(t)
	before := s.End()
	for path, code := range map[string]string{
		"DELETE /api/v1/visitors/nobody":     "unknown_visitor",
		"DELETE /api/v1/sessions/ses_nobody": "unknown_session",
		"GET /api/v1/visitors/nobody/export": "unknown_visitor",
		"GET /api/v1/erasures/era_nobody":    "unknown_erasure",
	} {
		method, path, _ := strings.Cut(path, " ")
		s.WantError(s.Call(method, path, nil, auth, bearer), 404, code)
		s.WantError(s.Call(method, path, nil, auth, "Bearer wrong"), 401, "unauthorized")
	}
	if s.End() != before {
		t.Error("something was published")
	}
}
