package widget_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

func TestConnectTellsHowTheWidgetLooksAndWhatItAsks(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, func(cfg *gateway.Config) {
		cfg.Widget.OperatorName, cfg.Widget.OperatorAvatar, cfg.Widget.PrimaryColor = "Ada", "https://example.com/ada.png", "#123456"
		cfg.Widget.HeaderColor, cfg.Widget.ChatBackground, cfg.Widget.OperatorReachable = `{"light":"#fff","dark":"#000"}`, "dots", "off"
		cfg.Widget.PrechatFields, cfg.Widget.PrechatRequired = "email-or-phone", true
		cfg.Widget.TrackedElements = `[{"selector":"#buy","name":"buy","event":"click"}]`
	})
	connect := func(session any) (answer map[string]any) {
		res := s.Call("POST", "/connect", map[string]any{"visitorId": "v", "sessionId": session})
		if err := json.Unmarshal([]byte(res.Raw), &answer); err != nil || res.Status != http.StatusOK {
			t.Fatal(res, err)
		}
		return answer
	}
	first := connect(nil)
	for key, want := range map[string]string{
		"operatorName": `"Ada"`, "operatorAvatar": `"https://example.com/ada.png"`, "primaryColor": `"#123456"`, "headerColor": `{"dark":"#000","light":"#fff"}`,
		"chatBackground": `"dots"`, "operatorReachable": `false`, "footerColor": `null`, "trackedElements": `[{"event":"click","name":"buy","selector":"#buy"}]`,
		"preChatForm": `{"completed":false,"enabled":true,"fields":"email-or-phone","required":true,"timing":"before-first-message"}`,
	} {
		if got, err := json.Marshal(first[key]); err != nil || string(got) != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
	s.Call("POST", "/prechat", map[string]any{"sessionId": first["sessionId"], "email": "vera@example.com"})
	if form, ok := connect(first["sessionId"])["preChatForm"].(map[string]any); !ok || form["completed"] != true {
		t.Errorf("after it was filled in the form is %v", form)
	}
}

func TestConnectLeavesThePagesOwnOptionsAlone(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	res := s.Call("POST", "/connect", map[string]any{"visitorId": "v"})
	for _, key := range []string{"Color", "operatorName", "operatorAvatar", "chatBackground", "preChatForm", "trackedElements", "inspectorMode"} {
		if strings.Contains(res.Raw, key) {
			t.Errorf("%s is in %s", key, res.Raw)
		}
	}
}

func TestTooOldWidgetsAreRefusedAndOldOnesTold(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, func(cfg *gateway.Config) {
		cfg.Widget.MinVersion, cfg.Widget.LatestVersion, cfg.Widget.UpgradeURL = "2.0.0", "3.1.0", "https://example.com/upgrade"
	})
	session := s.Visit("v")
	for version, want := range map[string]struct {
		status int
		says   string
	}{"": {200, ""}, "3.1.0": {200, ""}, "3.0.9": {200, "outdated"}, "2.6.0": {200, "deprecated"}, "1.9.9": {426, "unsupported"}} {
		headers := []string{"Origin", "https://shop.example"}
		if version != "" {
			headers = append(headers, "X-PocketPing-Version", version)
		}
		connected := s.Call("POST", "/connect", map[string]any{"visitorId": "v"}, headers...)
		if got := connected.Header.Get("X-PocketPing-Version-Status"); connected.Status != want.status || got != want.says {
			t.Errorf("%q: %d, status %q", version, connected.Status, got)
		}
		if connected.Header.Get("Access-Control-Allow-Origin") != "https://shop.example" {
			t.Errorf("%q: a browser is not shown the answer", version)
		}
		for _, call := range []gatewaytest.Answer{
			s.Call("GET", "/messages?sessionId="+session, nil, headers...), s.Call("POST", "/typing", map[string]any{"sessionId": session}, headers...),
		} {
			if got := call.Header.Get("X-PocketPing-Version-Status"); call.Status != want.status || want.status == 200 && got != "" {
				t.Errorf("%q: %d, status %q on another route", version, call.Status, got)
			}
		}
		if want.status == 426 {
			var body struct{ Error, Message, MinVersion, UpgradeURL string }
			if err := json.Unmarshal([]byte(connected.Raw), &body); err != nil || body.Error == "" || body.Message == "" || body.MinVersion != "2.0.0" || body.UpgradeURL == "" {
				t.Errorf("426 says %s", connected.Raw)
			}
		}
	}
}

func TestChangedTrackedElementsReachPagesThatAreThereAndThatComeBack(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tracked.json")
	write := func(name string) {
		if err := os.WriteFile(file, []byte(`[{"selector":"#a","name":"`+name+`"}]`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("first")
	s := gatewaytest.Start(t, func(cfg *gateway.Config) { cfg.Widget.TrackedElements = file })
	session := s.Visit("v")
	there := s.Dial(session)
	write("second")
	if f := there.Hear("config_update"); !strings.Contains(string(f.Data), "second") || !strings.Contains(string(f.Data), "trackedElements") {
		t.Errorf("heard %s", f.Data)
	}
	if f := s.Dial(session).Hear("config_update"); !strings.Contains(string(f.Data), "second") {
		t.Errorf("who comes back heard %s", f.Data)
	}
}

func TestPollingIsAnsweredTheLastMessagesHoweverWrongTheVisitorsClockWas(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	s.Say(session, "hi")
	old := time.Now().Add(-10 * time.Minute).UTC()
	for i := range 12 { // while nobody asked, and the page's clock was ahead by as long
		s.Publish(bus.Event{
			ID: fmt.Sprint("m", i), Type: bus.MessageCreated, Project: id.Default, Session: id.Session(session), Source: "test", Time: old,
			Data: &eventv1.MessageCreated{SessionId: session, Message: &bellhopv1.Message{
				Id: fmt.Sprint("m", i), Sender: "operator", Content: fmt.Sprint("missed ", i), Timestamp: timestamppb.New(old), Status: "sent",
			}},
		})
	}
	res := s.Call("GET", "/messages?sessionId="+session+"&after="+time.Now().Add(-time.Second).UTC().Format(time.RFC3339), nil)
	var page struct{ Messages []struct{ Content string } }
	if err := json.Unmarshal([]byte(res.Raw), &page); err != nil {
		t.Fatal(err)
	}
	if n := len(page.Messages); n < 10 || page.Messages[n-1].Content != "missed 11" || !strings.Contains(res.Raw, "missed 2") {
		t.Errorf("came %s", res.Raw)
	}
}

// A widget that is only old is told by its connect and once over the connection that follows, and goes on.
func TestOldWidgetsAreToldOverTheirConnectionTooOnce(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, func(cfg *gateway.Config) {
		cfg.Widget.MinVersion, cfg.Widget.LatestVersion, cfg.Widget.UpgradeURL = "2.0.0", "3.1.0", "https://example.com/upgrade"
	})
	session := s.Visit("v")
	for version, severity := range map[string]string{"3.0.9": "info", "2.6.0": "warning"} {
		res := s.Call("POST", "/connect", map[string]any{"visitorId": "v", "sessionId": session}, "X-PocketPing-Version", version)
		if !strings.Contains(res.Raw, session) {
			t.Fatal(res)
		}
		told := s.Dial(session).Hear("version_warning").Object()
		if told["severity"] != severity || told["currentVersion"] != version || told["canContinue"] != true || told["minVersion"] != "2.0.0" ||
			told["latestVersion"] != "3.1.0" || told["upgradeUrl"] != "https://example.com/upgrade" || told["message"] == "" {
			t.Errorf("%s is told %v", version, told)
		}
	}
	for _, version := range []string{"", "3.1.0"} {
		if version != "" {
			s.Call("POST", "/connect", map[string]any{"visitorId": "v", "sessionId": session}, "X-PocketPing-Version", version)
		}
		ws := s.Dial(session)
		text := "after " + version
		s.Reply(session, text)
		if kinds := ws.Until("message", text); kinds["version_warning"] > 0 {
			t.Errorf("%q: %v", version, kinds)
		}
	}
}

// Who comes back to a conversation is told whether it is closed, and whoever has to read it anew is too.
func TestConversationIsToldToBeClosedUntilItIsOpenAgain(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	s.Say(session, "hello")
	closed := func(want bool) {
		t.Helper()
		for _, res := range []gatewaytest.Answer{
			s.Call("POST", "/connect", map[string]any{"visitorId": "v", "sessionId": session}), s.Call("GET", "/messages?sessionId="+session, nil),
		} {
			if got := strings.Contains(res.Raw, `"closed":true`); got != want || res.Status != http.StatusOK {
				t.Errorf("closed: %v, want %v, in %v", got, want, res)
			}
		}
	}
	closed(false)
	s.Call("POST", "/api/v1/sessions/"+session+"/close", nil, "Authorization", "Bearer "+gatewaytest.Key)
	closed(true)
	s.Say(session, "one more thing")
	closed(false)
}
