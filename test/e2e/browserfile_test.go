package e2e

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/test/browser"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// A person sends a picture and rates the conversation in a real browser, on another origin than Bellhop's.
func TestPictureAndRatingInABrowser(t *testing.T) {
	t.Parallel()
	s := start(t, setup{private: true, on: []string{team.Telegram}})
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewRGBA(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plan.png")
	if err := os.WriteFile(path, drawn.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := browser.Open(t)
	tab.Go(shop(t, s))
	tab.Opens()
	session := tab.Session()
	tab.Chooses(path)
	tab.Reads(".pp-attachment-ready", "plan.png")
	tab.Click(".pp-send-btn")
	tab.Sees(`.pp-message:not([data-id^="temp-"]) .pp-attachment-image img[alt="plan.png"]`)
	if width := browser.Eval[int](tab, `$(".pp-attachment-image img").decode().then(() => $(".pp-attachment-image img").naturalWidth)`); width != 30 {
		t.Errorf("the picture is %d wide, want 30", width)
	}
	s.asks(t, session)
	tab.Click(".pp-csat-face:nth-child(5)")
	tab.Click(".pp-csat-submit")
	tab.Sees(".pp-csat-thanks")
	var rated bool
	err := s.bus.Replay(visitor.Within(t), 0, bus.Filter{Session: id.Session(session), Type: bus.CsatSubmitted}, func(ev bus.Event) error {
		rated = ev.Data.(*eventv1.Csat).GetScore() == 5
		return nil
	})
	if err != nil || !rated {
		t.Errorf("rated: %v, %v", rated, err)
	}
}

// asks puts the question on the bus how a conversation was.
func (s *stack) asks(t *testing.T, session string) {
	t.Helper()
	asked := bus.Event{
		ID: string(id.NewMessage()), Type: bus.CsatRequested, Project: id.Default, Session: id.Session(session), Source: "inbound",
		Data: &eventv1.Csat{SessionId: session, At: timestamppb.Now()},
	}
	asked.Time = asked.Data.(*eventv1.Csat).GetAt().AsTime()
	if _, err := s.bus.Publish(visitor.Within(t), asked); err != nil {
		t.Fatal(err)
	}
}
