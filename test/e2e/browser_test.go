package e2e

import (
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bellhop-chat/bellhop/test/browser"
	"github.com/bellhop-chat/bellhop/test/demo"
	"github.com/bellhop-chat/bellhop/test/team"
)

// shop serves the demo's pages for a stack, on another origin than Bellhop's.
func shop(t *testing.T, s *stack) string {
	t.Helper()
	pages := httptest.NewServer(demo.Handler(demo.Options{Endpoint: s.url + "/pocketping"}))
	t.Cleanup(pages.Close)
	return pages.URL + "/shop"
}

// A person writes in the shop's widget, another answers in the simulated Telegram's page, and the first reads it: two tabs of a
// real browser, on other origins than Bellhop's.
func TestTwoPeopleTalkInABrowser(t *testing.T) {
	t.Parallel()
	s := start(t, setup{on: []string{team.Telegram}, private: true, real: true})
	visitor := browser.Open(t)
	visitor.Go(shop(t, s))
	visitor.Opens()
	visitor.Says("Do you ship to <b>Norway</b>?")
	visitor.Reads(".pp-message-visitor", "Do you ship to <b>Norway</b>?")
	visitor.Sees(".pp-check-double")

	operator := visitor.Another()
	operator.Go(s.telegram.URL())
	operator.Do(chromedp.WaitVisible(`//section[@id="timeline"][contains(., "Do you ship to <b>Norway</b>?")]`),
		chromedp.SendKeys(`#text`, "Yes, within three days\r"))

	visitor.Reads(".pp-message-operator", "Yes, within three days")
	visitor.Sees(".pp-check-read")
	if topics := s.telegram.Topics(); len(topics) != 1 {
		t.Errorf("%d topics, want 1", len(topics))
	}
}
