package browser

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Sees waits until an element of the widget is visible, Loses until none is.
func (tab *Tab) Sees(selector string) { tab.t.Helper(); tab.Until("$(" + quote(selector) + ")") }

// Loses waits until no element of a selector is visible in the widget.
func (tab *Tab) Loses(selector string) { tab.t.Helper(); tab.Until("!$(" + quote(selector) + ")") }

// Reads waits until a visible element of a selector has a text.
func (tab *Tab) Reads(selector, text string) {
	tab.t.Helper()
	tab.Until(fmt.Sprintf("$$(%s).some((e) => seen(e) && (e.innerText || e.textContent).includes(%s))", quote(selector), quote(text)))
}

// still waits until an element has stopped moving, and answers its middle in a page's coordinates: the widget opens with a movement.
func (tab *Tab) still(selector string) (x, y float64) {
	tab.t.Helper()
	tab.Sees(selector)
	at := Eval[[]float64](tab, fmt.Sprintf(`(async () => {
    const place = () => { const r = $(%s)?.getBoundingClientRect(); return r ? [r.x + r.width / 2, r.y + r.height / 2] : [0, 0]; };
    $(%[1]s)?.scrollIntoView({ block: "nearest" });
    for (let before = [], now = place(); ; before = now, now = place()) {
      if (before[0] === now[0] && before[1] === now[1]) return now;
      await new Promise((done) => setTimeout(() => requestAnimationFrame(done), 30));
    }
  })()`, quote(selector)))
	return at[0], at[1]
}

// Click presses the mouse on an element of the widget.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	x, y := tab.still(selector)
	tab.Do(chromedp.MouseClickXY(x, y))
}

// Opens opens the chat with its button, and waits until somebody can write.
func (tab *Tab) Opens() {
	tab.t.Helper()
	tab.Click(".pp-toggle")
	tab.Sees(".pp-window.pp-open")
}

// Types types keys, wherever the focus is. As with a keyboard, a key that a page takes for itself writes nothing.
func (tab *Tab) Types(keys string) {
	tab.t.Helper()
	tab.Do(chromedp.KeyEvent(keys, func(k *input.DispatchKeyEventParams) {
		if k.Type == kb.KeyDown {
			k.Type = input.DispatchKeyEventTypeRawKeyDown
		}
	}))
}

// Says writes a message and sends it.
func (tab *Tab) Says(text string) {
	tab.t.Helper()
	tab.Click(".pp-input")
	tab.Types(text + "\r")
}

// Chooses gives files to the widget's picker.
func (tab *Tab) Chooses(paths ...string) {
	tab.t.Helper()
	tab.Do(chromedp.SetUploadFiles(chromedp.JSPath(`document.querySelector("#pocketping-container").shadowRoot.querySelector(".pp-file-input")`), paths, chromedp.NodeReady))
}

// Session is the id of the visitor's session.
func (tab *Tab) Session() string {
	tab.t.Helper()
	tab.Until(`localStorage.getItem("pocketping_session_id")`)
	return Eval[string](tab, `localStorage.getItem("pocketping_session_id")`)
}

// Keys that have no character of their own.
const (
	Enter     = kb.Enter
	Tabulator = kb.Tab
	Escape    = kb.Escape
	Down      = kb.ArrowDown
	Up        = kb.ArrowUp
)

// Hover puts the mouse on an element of the widget.
func (tab *Tab) Hover(selector string) {
	tab.t.Helper()
	x, y := tab.still(selector)
	tab.Do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y))
}

// SendsAtMost slows down what the tab sends, in bytes a second; -1 slows nothing down.
func (tab *Tab) SendsAtMost(perSecond float64) {
	tab.t.Helper()
	tab.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{DownloadThroughput: -1, UploadThroughput: perSecond}},
		})
		return err
	}))
}
