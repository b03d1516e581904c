package widget_test

import (
	"net/http"
	"slices"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

func ask(s *gatewaytest.Site, session, request string, silent bool) {
	s.Helper()
	happens(s, session, bus.ScreenshotRequested, &eventv1.Screenshot{
		SessionId: session, RequestId: request, Silent: silent, By: "Ada", Platform: "telegram", At: timestamppb.Now(),
	})
}

// take answers a request as a widget does.
func take(s *gatewaytest.Site, session, request string) (complete func() gatewaytest.Answer) {
	s.Helper()
	got := s.Call("POST", "/screenshot/upload", map[string]string{"sessionId": session, "requestId": request})
	if got.Status != http.StatusOK || got.Text("storageKey") == "" || got.Text("expiresAt") == "" {
		s.Fatalf("answered %d %s", got.Status, got.Raw)
	}
	if put := s.Put(got.Text("uploadUrl"), gatewaytest.PNG, "Content-Type", "image/png"); put.Status != http.StatusOK && put.Status != http.StatusConflict {
		s.Fatalf("the address answered %d %s", put.Status, put.Raw)
	}
	return func() gatewaytest.Answer {
		return s.Call("POST", "/screenshot/upload/complete", map[string]any{
			"sessionId": session, "requestId": request, "attachmentId": got.Text("attachmentId"), "size": len(gatewaytest.PNG),
		})
	}
}

func TestPictureOfThePageIsAMessageUnlessItWasAskedForSilently(t *testing.T) {
	t.Parallel()
	for silent, want := range map[bool][]bus.Type{
		false: {bus.SessionStarted, bus.MessageCreated, bus.ScreenshotRequested, bus.AttachmentStored, bus.MessageCreated},
		true:  {bus.SessionStarted, bus.MessageCreated, bus.ScreenshotRequested, bus.AttachmentStored},
	} {
		s := gatewaytest.Start(t, gatewaytest.WithScreenshots)
		session := s.Visit("v")
		s.Say(session, "hi")
		tab := s.Dial(session)
		tab.Hear("message")
		ask(s, session, "r1", silent)
		f := tab.Hear("screenshot_request")
		if f.Field("requestId") != "r1" || f.Field("requestedBy") != "Ada" || f.Field("requestedFrom") != "telegram" || (f.Object()["silent"] == true) != silent {
			t.Errorf("heard %s", f.Data)
		}
		if f := s.Dial(session).Hear("screenshot_request"); f.Field("requestId") != "r1" {
			t.Errorf("a page that comes back hears %s", f.Data)
		}
		complete := take(s, session, "r1")
		for range 2 {
			if got := complete(); got.Status != http.StatusOK || got.Text("url") == "" {
				t.Fatalf("complete answered %d %s", got.Status, got.Raw)
			}
		}
		if got := s.Types(session); !slices.Equal(got, want) {
			t.Errorf("the bus has %v, want %v", got, want)
		}
		stored, ok := s.Events(session)[3].Data.(*eventv1.AttachmentStored)
		if !ok || stored.GetRequestId() != "r1" || stored.GetSilent() != silent || stored.GetAttachment().GetMimeType() != "image/png" {
			t.Errorf("stored %v", stored)
		}
		if !silent {
			if files := gatewaytest.FilesOf(tab.Hear("message").Object()); len(files) != 1 || s.Fetch("GET", files[0].URL).Raw != gatewaytest.PNG {
				t.Errorf("the visitor is shown %v", files)
			}
		}
		again := s.Dial(session)
		s.Reply(session, "thanks")
		if kinds := again.Until("message", "thanks"); kinds["screenshot_request"] > 0 {
			t.Error("a picture that is here is asked for")
		}
	}
}

func TestPollingPageIsAskedForEachPictureOnce(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, gatewaytest.WithScreenshots)
	session := s.Visit("v")
	s.Say(session, "hi")
	poll := func() int {
		list, _ := s.Call("GET", "/screenshot/requests?sessionId="+session, nil).Body["requests"].([]any)
		return len(list)
	}
	if n := poll(); n != 0 {
		t.Errorf("%d requests before any", n)
	}
	ask(s, session, "r1", false)
	bustest.Until(t, "the page is asked", func() bool { return poll() == 1 })
	if n := poll(); n != 0 {
		t.Errorf("%d requests after it was handed out", n)
	}
}

func TestPictureIsTakenByAGatewayThatHasNotHeardTheQuestion(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, gatewaytest.WithScreenshots)
	session := s.Visit("v")
	s.Say(session, "hi")
	ask(s, session, "r1", true)
	later := s.Beside(gatewaytest.WithScreenshots)
	if got := take(later, session, "r1")(); got.Status != http.StatusOK {
		t.Errorf("%d %s", got.Status, got.Raw)
	}
	// A second picture finds that there is one.
	if got := take(s, session, "r1")(); got.Status != http.StatusOK {
		t.Errorf("%d %s", got.Status, got.Raw)
	}
	if n := len(s.Events(session)); n != 4 {
		t.Errorf("%d events", n)
	}
}

func TestPictureIsAPictureAndNotAMessagesFile(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, gatewaytest.WithScreenshots)
	session := s.Visit("v")
	s.Say(session, "hi")
	ask(s, session, "r1", true)
	ask(s, session, "r2", true)
	got := s.Call("POST", "/screenshot/upload", map[string]string{"sessionId": session, "requestId": "r1"})
	s.WantError(s.Put(got.Text("uploadUrl"), "%PDF-1.7"), http.StatusUnsupportedMediaType, "type_not_allowed")
	s.Put(got.Text("uploadUrl"), gatewaytest.PNG)
	s.WantError(s.Show(session, "x", got.Text("attachmentId")), http.StatusBadRequest, "unknown_attachment")
	s.WantError(s.Complete(session, got.Text("attachmentId")), http.StatusBadRequest, "unknown_attachment")
	for request, size := range map[string]int{"r2": 0, "r1": 1} {
		wrong := s.Call("POST", "/screenshot/upload/complete", map[string]any{"sessionId": session, "requestId": request, "attachmentId": got.Text("attachmentId"), "size": size})
		if wrong.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", request, wrong.Status, wrong.Raw)
		}
	}
}

func TestSiteThatTakesNoPicturesAsksNobody(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	s.Say(session, "hi")
	tab := s.Dial(session)
	tab.Hear("message")
	ask(s, session, "r1", false)
	s.Reply(session, "done")
	if kinds := tab.Until("message", "done"); kinds["screenshot_request"] > 0 {
		t.Error("the page was asked")
	}
	if got := s.Call("GET", "/screenshot/requests?sessionId="+session, nil); got.Raw != "{\"requests\":[]}\n" {
		t.Errorf("answered %s", got.Raw)
	}
	for _, path := range []string{"/screenshot/upload", "/screenshot/upload/complete"} {
		s.WantError(s.Call("POST", path, map[string]string{"sessionId": session, "requestId": "r1"}), http.StatusForbidden, "screenshots_off")
	}
}
