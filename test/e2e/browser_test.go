package e2e

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/bellhop-chat/bellhop/test/demo"
	"github.com/bellhop-chat/bellhop/test/team"
)

// browserTimeout bounds everything that a test does in the browser, its start included.
const browserTimeout = 60 * time.Second

// browser starts a headless Chromium with a profile of its own.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, cancel := context.WithTimeout(t.Context(), browserTimeout)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// do runs steps in one tab.
func do(t *testing.T, tab context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(tab, steps...); err != nil {
		t.Fatal(err)
	}
}

// A person writes in the visitor's page, another answers in the simulated Telegram's page, and the first reads it: two tabs of a
// real browser, on other origins than Bellhop's.
func TestTwoPeopleTalkInABrowser(t *testing.T) {
	s := start(t, setup{on: []string{team.Telegram}, private: true, real: true})
	pages := httptest.NewServer(demo.Handler(demo.Options{Endpoint: s.url + "/pocketping", Teams: []demo.Team{{Name: "Telegram", URL: s.telegram.URL()}}}))
	t.Cleanup(pages.Close)
	visitor := browser(t)
	do(t, visitor, chromedp.Navigate(pages.URL+"/visitor"), chromedp.WaitVisible(`.dot.on`),
		chromedp.SendKeys(`#text`, "Do you ship to <b>Norway</b>?"), chromedp.Click(`#form button`),
		chromedp.WaitVisible(`//li[contains(., "Norway")]//*[contains(@class, "ticks")][contains(., "✓✓")]`))

	team, cancel := chromedp.NewContext(visitor)
	t.Cleanup(cancel)
	do(t, team, chromedp.Navigate(s.telegram.URL()), chromedp.WaitVisible(`//section[@id="timeline"][contains(., "Do you ship to <b>Norway</b>?")]`),
		chromedp.SendKeys(`#text`, "Yes, within three days\r"))

	do(t, visitor, chromedp.WaitVisible(`//li[contains(@class, "operator-message")][contains(., "Yes, within three days")]`),
		chromedp.WaitVisible(`//*[contains(@class, "ticks")][contains(., "read")]`))
	if topics := s.telegram.Topics(); len(topics) != 1 {
		t.Errorf("%d topics, want 1", len(topics))
	}
}
