package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const (
	// life bounds everything that a test does in its browser, the start included.
	life = 2 * time.Minute
	// patience bounds one wait; on a machine that does much else a step takes seconds.
	patience = 20 * time.Second
	// look is how often a wait looks again.
	look = 15 * time.Millisecond
)

// Tab is one tab. Its methods fail the test when something does not come about.
type Tab struct {
	ctx context.Context
	t   testing.TB
}

// Open opens a tab with a profile of its own, in the Chromium that tests share, and the size of a laptop's window.
func Open(t testing.TB) *Tab {
	t.Helper()
	in, err := common()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(in, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, life)
	t.Cleanup(cancel)
	return &Tab{ctx, t}
}

// Alone opens a tab in a Chromium of its own. With arguments, which are Chromium's, "name=value", it is the whole Chromium, which can do
// what has a dialog.
func Alone(t testing.TB, arguments ...string) *Tab {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), life)
	t.Cleanup(cancel)
	program := whole
	if len(arguments) == 0 {
		program = quickest()
	}
	ctx, cancel = chromedp.NewExecAllocator(ctx, options(program, t.TempDir(), arguments...)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return &Tab{ctx, t}
}

// Another opens a tab of the same profile.
func (tab *Tab) Another() *Tab {
	ctx, cancel := chromedp.NewContext(tab.ctx)
	tab.t.Cleanup(cancel)
	return &Tab{ctx, tab.t}
}

// Context is the tab's, for further tabs that are no page with a widget.
func (tab *Tab) Context() context.Context { return tab.ctx }

// For is the same tab for a subtest.
func (tab *Tab) For(t testing.TB) *Tab { return &Tab{tab.ctx, t} }

// Do runs steps of chromedp.
func (tab *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	if err := chromedp.Do(tab.ctx, steps...); err != nil {
		tab.t.Fatal(err)
	}
}

// Go loads a page.
func (tab *Tab) Go(address string) {
	tab.t.Helper()
	tab.Do(chromedp.Navigate(address))
}

// prelude gives scripts $, which looks into the widget: the first visible element of a selector, and $$ for all.
const prelude = `(() => {
  const root = () => document.querySelector("#pocketping-container")?.shadowRoot;
  const $$ = (s) => [...(root()?.querySelectorAll(s) || [])], seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const $ = (s) => $$(s).find(seen);
  return %s;
})()`

// Eval runs an expression in a tab's page and answers its value, of a promise what it comes to.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	value, err := eval[T](tab, expression)
	if err != nil {
		tab.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

func eval[T any](tab *Tab, expression string) (T, error) {
	return chromedp.Run(tab.ctx, chromedp.Evaluate[T](fmt.Sprintf(prelude, expression), chromedp.EvalAwaitPromise))
}

// Until waits until an expression is true. A page that is just being left counts as "not yet".
func (tab *Tab) Until(expression string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		yes, err := eval[bool](tab, "!!("+expression+")")
		if yes {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			text, _ := eval[string](tab, `root()?.querySelector(".pp-window")?.innerText ?? "no window"`)
			tab.t.Fatalf("not within %v: %s (%v); the widget shows: %s", patience, expression, err, text)
		}
	}
}

// quote writes text as JavaScript does.
func quote(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always can be
	}
	return string(b)
}
