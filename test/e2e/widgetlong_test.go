package e2e

import (
	"testing"

	"github.com/bellhop-chat/bellhop/test/browser"
)

// A conversation of 5,000 messages is as quick as a short one: few of them are drawn, one more takes a moment, and scrolling up brings
// the earlier ones without a jump.
func TestWidgetStaysSmoothWithFiveThousandMessages(t *testing.T) {
	s := usual(t)
	tab := browser.Open(t)
	tab.Go(site(t, s.url, `lazy: true, soundEnabled: false`))
	tab.Sees(".pp-toggle.pp-shown")
	browser.Eval[bool](tab, `(window.WebSocket = class extends WebSocket { constructor(url) { super(url); window.socket = this; } }, true)`)
	tab.Opens()
	tab.Session()
	tab.Until(`window.socket?.readyState === 1 && socket.onmessage`)
	const say = `((from, to) => {
    for (let i = from; i < to; i++) {
      const at = new Date(Date.UTC(2026, 0, 1) + i * 97000).toISOString();
      socket.onmessage({ data: JSON.stringify({ type: "message", data: { id: "m" + i, content: "Message " + i + " **with** some text of a usual length, as people write it.", sender: i % 3 ? "operator" : "visitor", operatorName: "Mia", status: "read", timestamp: at } }) });
    }
    return true;
  })`
	browser.Eval[bool](tab, say+`(0, 5000)`)
	tab.Reads(".pp-message:last-child", "Message 4999")
	drawn := browser.Eval[int](tab, `$$(".pp-message").length`)
	if drawn > 100 {
		t.Errorf("%d messages are drawn, want the last ones only", drawn)
	}
	const frame = `new Promise((done) => requestAnimationFrame(() => setTimeout(done)))`
	took := browser.Eval[float64](tab, `(async () => {
    const times = [];
    for (let i = 0; i < 31; i++) {
      await `+frame+`;
      const from = performance.now();
      (`+say+`)(5000 + i, 5001 + i);
      await Promise.resolve();
      root().querySelector(".pp-messages").getBoundingClientRect();
      times.push(performance.now() - from);
    }
    return times.sort((a, b) => a - b)[15];
  })()`)
	if took > 50 {
		t.Errorf("one more message takes %.1f ms", took)
	}
	tab.Until(`$(".pp-message:last-child").textContent.includes("Message 5030")`)
	jumps := browser.Eval[[]float64](tab, `(async () => {
    const list = root().querySelector(".pp-messages"), long = [];
    let worst = 0, jumped = 0, before = performance.now();
    for (let i = 0; i < 120; i++) {
      const anchor = $$(".pp-message").find((e) => e.getBoundingClientRect().top > list.getBoundingClientRect().top + 60);
      const place = anchor.getBoundingClientRect().top;
      list.scrollTop -= 80;
      await `+frame+`;
      jumped = Math.max(jumped, Math.abs(anchor.getBoundingClientRect().top - place - 80));
      worst = Math.max(worst, performance.now() - before);
      before = performance.now();
    }
    return [worst, jumped, $$(".pp-message").length];
  })()`)
	t.Logf("with 5,000 messages: %d drawn at first, one more takes %.1f ms, scrolling: the slowest frame %.1f ms, the widest jump %.1f px, %v drawn then", drawn, took, jumps[0], jumps[1], jumps[2])
	if jumps[1] > 5 {
		t.Errorf("scrolling up jumps by %.0f px", jumps[1])
	}
	if jumps[2] <= float64(drawn) {
		t.Error("scrolling up brings no earlier messages")
	}
	tab.Click(".pp-newest")
	tab.Reads(".pp-message:last-child", "Message 5030")
	tab.Until(`$$(".pp-message").length <= 100`)
}
