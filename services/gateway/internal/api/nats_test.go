package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

// ask sends a command as a program outside would.
func ask(s *gatewaytest.Site, p id.Project, session id.Session, command bus.Command, body string) map[string]any {
	s.Helper()
	raw, err := s.Bus.Request(s.Context(), p, session, command, []byte(body))
	if err != nil {
		s.Fatal(err)
	}
	var answer map[string]any
	if err := json.Unmarshal(raw, &answer); err != nil {
		s.Fatal(err)
	}
	return answer
}

func TestCommandsOverNATSAreAnsweredAfterTheyAreStored(t *testing.T) {
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	sent := ask(s, id.Default, id.Session(session), bus.SendMessage, `{"content":"hello","operatorName":" Ada "}`)
	events := s.Events(session)
	m, ok := events[len(events)-1].Data.(*eventv1.MessageCreated)
	if !ok || m.GetMessage().GetId() != sent["messageId"] || sent["timestamp"] == nil || m.GetMessage().GetOperatorName() != "Ada" || m.GetPlatform() != "nats" || m.GetMessage().GetSender() != "operator" {
		t.Errorf("answered %v, stored %v", sent, m)
	}
	if got := ask(s, id.Default, id.Session(session), bus.EmitEvent, `{"name":"n","data":{"a":1}}`); got["ok"] != true || got["id"] == nil {
		t.Errorf("emit: %v", got)
	}
	if got := ask(s, id.Default, id.Everyone, bus.EmitEvent, `{"name":"n"}`); got["ok"] != true {
		t.Errorf("broadcast: %v", got)
	}
	if got := ask(s, id.Default, id.Session(session), bus.CloseSession, ``); got["ok"] != true || got["closedAt"] == nil {
		t.Errorf("close: %v", got)
	}
	want := []bus.Type{bus.SessionStarted, bus.MessageCreated, bus.EventEmitted, bus.SessionClosed}
	if got := s.Types(session); !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
}

func TestEventForAPageThatOnlyLooksStartsNoConversation(t *testing.T) {
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	ws := s.Dial(session)
	ws.Hear("presence") // from then on it is told
	ask(s, id.Default, id.Session(session), bus.EmitEvent, `{"name":"offer"}`)
	if f := ws.Hear("event"); f.Field("name") != "offer" {
		t.Errorf("the page heard %s", f.Data)
	}
	if got := s.Types(session); !slices.Equal(got, []bus.Type{bus.EventEmitted}) {
		t.Errorf("events %v", got)
	}
	s.Say(session, "hi")
	if got := s.Types(session); !slices.Equal(got, []bus.Type{bus.EventEmitted, bus.SessionStarted, bus.MessageCreated}) {
		t.Errorf("events %v", got)
	}
}

func TestBadCommandsAreRefusedWithACodeAndPublishNothing(t *testing.T) {
	s := gatewaytest.Start(t)
	session := id.Session(s.Visit("v"))
	before := s.End()
	for name, c := range map[string]struct {
		project id.Project
		session id.Session
		command bus.Command
		body    string
		code    string
	}{
		"no content":      {id.Default, session, bus.SendMessage, `{}`, "empty_content"},
		"no JSON":         {id.Default, session, bus.SendMessage, `{`, "malformed_json"},
		"an array":        {id.Default, session, bus.EmitEvent, `[]`, "not_an_object"},
		"too deep":        {id.Default, session, bus.EmitEvent, `{"name":"n","data":` + strings.Repeat("[", 99) + strings.Repeat("]", 99) + `}`, "too_deep"},
		"too large":       {id.Default, session, bus.EmitEvent, `{"name":"n","data":"` + strings.Repeat("x", 600<<10) + `"}`, "too_large"},
		"unknown":         {id.Default, "ses_unknown", bus.SendMessage, `{"content":"x"}`, "unknown_session"},
		"to all":          {id.Default, id.Everyone, bus.SendMessage, `{"content":"x"}`, "invalid_session_id"},
		"another project": {"other", session, bus.SendMessage, `{"content":"x"}`, "unknown_project"},
		"only a visit":    {id.Default, session, bus.CloseSession, ``, "not_started"},
	} {
		if got := ask(s, c.project, c.session, c.command, c.body); got["code"] != c.code || got["error"] == "" {
			t.Errorf("%s: %v, want %s", name, got, c.code)
		}
	}
	if got := s.End(); got != before {
		t.Errorf("the bus went from %d to %d", before, got)
	}
}

func TestAPIWithoutAKeyInTheConfigurationIsShut(t *testing.T) {
	s := gatewaytest.Start(t, gatewaytest.WithoutKey)
	for _, auth := range []string{"Bearer ", "Bearer x", ""} {
		s.WantError(s.Call("POST", "/api/v1/events", `{"name":"n"}`, "Authorization", auth), 503, "api_key_missing")
	}
}
