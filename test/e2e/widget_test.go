package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/browser"
)

// site serves a customer's page with the widget, on another origin than Bellhop's and under a content policy as strict as one can be:
// scripts by nonce, no inline style, no eval. The options are JavaScript, added to the endpoint. Its address ends in "/".
func site(t *testing.T, gateway, options string) string {
	t.Helper()
	const nonce = "c2VjcmV0"
	page := fmt.Sprintf(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>A site</title>
<script nonce="%[1]s">
  window.violations = []; window.shift = 0; window.shifts = []; window.heard = [];
  document.addEventListener("securitypolicyviolation", (e) => violations.push(e.violatedDirective + " " + e.blockedURI));
  new PerformanceObserver((list) => list.getEntries().forEach((e) => { shift += e.value; shifts.push(e.sources.map((s) => (s.node?.className || s.node?.nodeName) + JSON.stringify([s.previousRect, s.currentRect])).join()); })).observe({ type: "layout-shift", buffered: true });
  window.PocketPing = [["init", { endpoint: %[2]q, %[3]s }]];
</script>
<script nonce="%[1]s" src="%[4]s/widget.js" async></script></head>
<body><main><h1>A site</h1><script nonce="%[1]s">document.currentScript.outerHTML = '<button id="buy">Buy now</button>'; // whole, or it grows while the page is read</script><p>%[5]s</p></main></body></html>`,
		nonce, gateway+"/pocketping", options, gateway, strings.Repeat("Some text of a page. ", 400))
	policy := fmt.Sprintf("default-src 'self'; script-src 'nonce-%s'; style-src 'self'; img-src %[2]s blob:; media-src %[2]s; connect-src %[2]s %[3]s",
		nonce, gateway, "ws"+strings.TrimPrefix(gateway, "http"))
	pages := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		_, _ = fmt.Fprint(w, page)
	}))
	t.Cleanup(pages.Close)
	return pages.URL + "/"
}

// opened is a tab with the chat open, connected.
func opened(t *testing.T, tab *browser.Tab, s *stack, options string) *browser.Tab {
	t.Helper()
	tab = tab.For(t)
	tab.Go(site(t, s.url, options))
	tab.Opens()
	tab.Session()
	return tab
}

// replies is an answer of the team.
func (s *stack) replies(t *testing.T, session, text string) {
	t.Helper()
	backend{t, s, apiKey}.must("/api/v1/sessions/"+session+"/reply", fmt.Sprintf(`{"content":%q,"operatorName":"Mia"}`, text))
}

// A page that nobody chats on pays for one small script, moves by nothing, and breaks no policy.
//
// It is not beside others: what one page does is measured, not how four share the processors.
func TestWidgetCostsAPageLittleAndBreaksNoPolicy(t *testing.T) {
	s := usual(t)
	tab := browser.Open(t)
	tab.Go(site(t, s.url, `lazy: true`))
	tab.Sees(".pp-toggle.pp-shown")
	const requests = `performance.getEntriesByType("resource").filter((e) => e.initiatorType !== "other").map((e) => e.name)`
	if made := browser.Eval[[]string](tab, requests); len(made) != 1 || made[0] != s.url+"/widget.js" {
		t.Errorf("before the first interaction of a lazy widget: %v", made)
	}
	tab.Opens()
	tab.Says("Hello")
	tab.Sees(".pp-check-double, .pp-check")
	s.replies(t, tab.Session(), "Hello, too")
	tab.Reads(".pp-message-operator", "Hello, too")
	if broken := browser.Eval[[]string](tab, `violations`); len(broken) > 0 {
		t.Errorf("the content policy was broken: %v", broken)
	}
	if shift := browser.Eval[float64](tab, `shift`); shift != 0 {
		t.Errorf("the layout moved by %f: %v", shift, browser.Eval[[]string](tab, `shifts`))
	}
	if inline := browser.Eval[int](tab, `$$("style, script, [onclick]").length`); inline > 0 {
		t.Errorf("%d inline styles or scripts", inline)
	}
	tab.Go(site(t, s.url, ``))
	tab.Session()
	tab.Until(requests + `.some((name) => name.includes("/stream") || name.includes("/connect"))`)
	t.Logf("a page that connects by itself: %v", browser.Eval[[]string](tab, requests))
}
