package e2e

import (
	"bytes"
	"image"
	"image/png"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/test/demo"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// A person sends a picture and rates the conversation in a real browser, on another origin than Bellhop's.
func TestPictureAndRatingInABrowser(t *testing.T) {
	s := start(t, setup{private: true, on: []string{team.Telegram}})
	pages := httptest.NewServer(demo.Handler(demo.Options{Endpoint: s.url + "/pocketping"}))
	t.Cleanup(pages.Close)
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewRGBA(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plan.png")
	if err := os.WriteFile(path, drawn.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := browser(t)
	do(t, tab, chromedp.Navigate(pages.URL+"/visitor"), chromedp.WaitVisible(`.dot.on`),
		chromedp.SetUploadFiles(`#file`, []string{path}), chromedp.WaitVisible(`//p[@id="files"][contains(., "plan.png")]//button`),
		chromedp.Click(`#form button`), chromedp.WaitVisible(`//li[not(starts-with(@data-id, "temp-"))]//img[@alt="plan.png"]`))
	width, err := chromedp.Run(tab, chromedp.Evaluate[int](`document.querySelector("#list img").decode().then(() => document.querySelector("#list img").naturalWidth)`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	session, err := chromedp.Run(tab, chromedp.Evaluate[string](`localStorage.getItem("pocketping_session_id")`))
	if err != nil {
		t.Fatal(err)
	}
	if width != 30 {
		t.Errorf("the picture is %d wide, want 30", width)
	}
	asked := bus.Event{
		ID: string(id.NewMessage()), Type: bus.CsatRequested, Project: id.Default, Session: id.Session(session), Source: "inbound",
		Data: &eventv1.Csat{SessionId: session, At: timestamppb.Now()},
	}
	asked.Time = asked.Data.(*eventv1.Csat).GetAt().AsTime()
	if _, err := s.bus.Publish(visitor.Within(t), asked); err != nil {
		t.Fatal(err)
	}
	do(t, tab, chromedp.WaitVisible(`#rating`), chromedp.Click(`//div[@id="faces"]/button[5]`), chromedp.WaitNotVisible(`#rating`))
	var rated bool
	err = s.bus.Replay(visitor.Within(t), 0, bus.Filter{Session: id.Session(session), Type: bus.CsatSubmitted}, func(ev bus.Event) error {
		rated = ev.Data.(*eventv1.Csat).GetScore() == 5
		return nil
	})
	if err != nil || !rated {
		t.Errorf("rated: %v, %v", rated, err)
	}
}
