package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/bellhop-chat/bellhop/test/browser"
)

// emulate gives the tab media features, "name", "value".
func emulate(features ...string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		var params emulation.SetEmulatedMediaParams
		for i := 0; i < len(features); i += 2 {
			params.Features = append(params.Features, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
		}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, params)
		return err
	})
}

// In every look and state the widget keeps to WCAG 2.2 AA as far as a program can tell: light, dark, right to left, on a phone, with its
// forms, its menu and its cards.
func TestWidgetIsAccessible(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Open(t)
	for name, options := range map[string]string{
		"light": `theme: "light"`, "dark": `theme: "dark"`, "right to left": `theme: "light", locale: "ar"`, "a site's own colours": `primaryColor: "#f5c518", theme: "auto"`,
		"a site's own colours in the dark": `primaryColor: "#1d3a2f", theme: "dark"`,
	} {
		t.Run(name, func(t *testing.T) {
			tab := tab.For(t)
			tab.Go(site(t, s.url, options+`, preChatForm: { enabled: true, fields: "email-or-phone" }`))
			tab.Sees(".pp-toggle.pp-shown")
			tab.Accessible()
			tab.Opens()
			tab.Sees(".pp-prechat-input")
			tab.Accessible()
			tab.Click(".pp-prechat-skip")
			tab.Sees(".pp-welcome")
			tab.Accessible()
			tab.Says("Hello, see https://example.com and `code`")
			tab.Sees(".pp-check-double")
			session := tab.Session()
			s.replies(t, session, "Look at https://example.com, **Ada**")
			tab.Sees(".pp-message-operator a")
			tab.Hover(".pp-message-visitor .pp-message-content")
			tab.Click(".pp-message-visitor .pp-actions-btn")
			tab.Sees(".pp-message-menu")
			tab.Accessible()
			tab.Click(".pp-menu-reply")
			s.asks(t, session)
			tab.Click(".pp-csat-face:nth-child(4)")
			tab.Sees(".pp-csat-textarea")
			tab.Accessible()
		})
	}
}

// Everything works by keyboard: the chat opens, Tab stays within it, Escape leaves what was opened last.
func TestWidgetWorksByKeyboard(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Open(t)
	tab.Go(site(t, s.url, ``))
	tab.Sees(".pp-toggle.pp-shown")
	const focus = `root().activeElement`
	browser.Eval[bool](tab, `($(".pp-toggle").focus(), true)`)
	tab.Types(browser.Enter)
	tab.Sees(".pp-window.pp-open")
	tab.Until(focus + ` === $(".pp-input")`)
	tab.Session()
	tab.Types("By keyboard\r")
	tab.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
	seen := map[string]bool{}
	for range 12 {
		tab.Types(browser.Tabulator)
		where := browser.Eval[string](tab, focus+`?.className ?? document.activeElement.tagName`)
		seen[where] = true
		if !browser.Eval[bool](tab, `$(".pp-window").contains(`+focus+`)`) {
			t.Fatalf("Tab left the open chat for %s", where)
		}
	}
	for _, want := range []string{"pp-input", "pp-close-btn", "pp-messages", "pp-actions-btn", "pp-attach-btn"} {
		if !seen[want] {
			t.Errorf("Tab does not reach %s, only %v", want, seen)
		}
	}
	browser.Eval[bool](tab, `($$(".pp-actions-btn")[0].focus(), true)`)
	tab.Types(browser.Enter)
	tab.Until(focus + `?.role === "menuitem"`)
	tab.Types(browser.Escape)
	tab.Loses(".pp-message-menu")
	tab.Until(focus + ` === $(".pp-actions-btn")`)
	tab.Types(browser.Escape)
	tab.Loses(".pp-window.pp-open")
	tab.Until(focus + ` === $(".pp-toggle")`)
}

// Who wants no movement gets none, and on a phone the chat has the screen to itself.
func TestWidgetSuitsItsScreen(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Open(t)
	tab.Do(emulate("prefers-reduced-motion", "reduce", "prefers-color-scheme", "dark"), chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch))
	tab.Go(site(t, s.url, ``))
	tab.Opens()
	tab.Sees(".pp-theme-dark")
	tab.Until(`(() => { const r = $(".pp-window").getBoundingClientRect(); return r.x === 0 && r.y === 0 && r.width === innerWidth && Math.abs(r.height - innerHeight) < 1; })()`)
	tab.Until(`$(".pp-window").getAttribute("aria-modal") === "true" && !$(".pp-toggle")`)
	if moving := browser.Eval[int](tab, `$$("*").filter((e) => e.getAnimations().length).length`); moving > 0 {
		t.Errorf("%d elements move", moving)
	}
	tab.Accessible()
	tab.Do(emulate("prefers-color-scheme", "light"))
	tab.Sees(".pp-theme-light")
	tab.Click(".pp-close-btn")
	tab.Sees(".pp-toggle")
}
