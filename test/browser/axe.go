package browser

import (
	_ "embed"
	"strings"

	"github.com/chromedp/chromedp"
)

// axe is axe-core 4.14.1 as its package has it (MPL-2.0, see axe/LICENSE): it is used by tests and is part of nothing that is shipped.
//
//go:embed axe/axe.min.js
var axe string

// Accessible fails the test for each rule of WCAG 2.2 A and AA, and of good practice, that axe finds broken in the widget.
func (tab *Tab) Accessible() {
	tab.t.Helper()
	if !Eval[bool](tab, `"axe" in window`) {
		if _, err := chromedp.Run(tab.ctx, chromedp.Evaluate[any](axe+"; 0")); err != nil {
			tab.t.Fatal(err)
		}
	}
	broken := Eval[[]string](tab, `(async () => {
    await Promise.all($$("*").flatMap((e) => e.getAnimations()).filter((a) => a.effect.getComputedTiming().iterations !== Infinity).map((a) => a.finished.catch(() => {})));
    const found = await axe.run("#pocketping-container", { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    if (found.passes.length < 10) return ["axe looked at almost nothing"];
    return found.violations.concat(found.incomplete.filter((rule) => rule.id !== "color-contrast")).map((rule) =>
      rule.id + ": " + rule.help + "\n" + rule.nodes.map((n) => "  " + n.target.join(" ") + " " + n.html.slice(0, 160) + " " + n.any.concat(n.all).map((c) => c.message).join("; ")).join("\n"));
  })()`)
	if len(broken) > 0 {
		tab.t.Errorf("axe finds:\n%s", strings.Join(broken, "\n"))
	}
}
