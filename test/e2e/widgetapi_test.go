package e2e

import (
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/test/browser"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// events are the custom events that a session's pages have sent, by name.
func (s *stack) events(t *testing.T, session string) map[string]map[string]any {
	t.Helper()
	found := map[string]map[string]any{}
	err := s.bus.Replay(visitor.Within(t), 0, bus.Filter{Session: id.Session(session), Type: bus.EventReceived}, func(ev bus.Event) error {
		data := ev.Data.(*eventv1.Custom)
		found[data.GetName()], _ = data.GetData().AsInterface().(map[string]any)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// The API that PocketPing's documents have, under both names: what a site's own code does, and hears.
func TestWidgetAPIDoesWhatASiteAsks(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Open(t)
	tab.Go(site(t, s.url, `
    trackedElements: [{ selector: "#buy", name: "buy", data: { page: 1 }, widgetMessage: "Can we help?" }],
    onOpen: () => heard.push("open"), onClose: () => heard.push("close"), onConnect: () => heard.push("connect"),
    onSessionStart: (s) => heard.push("session " + s.resumed), onMessage: (m) => heard.push("message " + m.content), onEvent: (e) => heard.push("event " + e.name)`))
	session := tab.Session()
	tab.Until(`PocketPing === Bellhop && heard.includes("connect") && heard.includes("session false")`)
	said := browser.Eval[map[string]any](tab, `PocketPing.sendMessage("By code")`)
	if said["content"] != "By code" || said["id"] == nil || said["status"] != "sent" && said["status"] != "delivered" {
		t.Errorf("sent %v", said)
	}
	file := browser.Eval[map[string]any](tab, `PocketPing.uploadFile(new File(["one"], "one.txt", { type: "text/plain" }), (p) => heard.push("percent " + p))`)
	if file["status"] != "ready" || file["filename"] != "one.txt" {
		t.Errorf("uploaded %v", file)
	}
	tab.Until(`heard.includes("percent 100")`)
	browser.Eval[any](tab, `PocketPing.uploadFiles([new File(["two"], "two.txt", { type: "text/plain" })]).then((files) => PocketPing.sendMessage("", files.map((f) => f.id)))`)
	browser.Eval[any](tab, `PocketPing.identify({ id: "c-1", name: "Ada", plan: "pro" })`)
	if known := browser.Eval[map[string]any](tab, `PocketPing.getIdentity()`); known["plan"] != "pro" {
		t.Errorf("identity %v", known)
	}
	tab.Until(`PocketPing.identify({}).then(() => false, () => true)`)

	browser.Eval[bool](tab, `(window.stop = PocketPing.onEvent("price", (data) => heard.push("price " + data.sum)), PocketPing.on("event", (e) => heard.push("on " + e.name)), true)`)
	b := backend{t, s, apiKey}
	b.must("/api/v1/sessions/"+session+"/events", `{"name":"price","data":{"sum":7}}`)
	tab.Until(`heard.includes("price 7") && heard.includes("on price") && heard.includes("event price")`)
	browser.Eval[bool](tab, `(stop(), true)`)
	b.must("/api/v1/sessions/"+session+"/events", `{"name":"price","data":{"sum":8}}`)
	tab.Until(`heard.filter((h) => h === "event price").length === 2 && !heard.includes("price 8")`)

	browser.Eval[bool](tab, `(PocketPing.trigger("looked", { n: 3 }), document.querySelector("#buy").click(), true)`)
	tab.Sees(".pp-window.pp-open")
	tab.Reads(".pp-notice", "Can we help?")
	await(t, func() bool {
		e := s.events(t, session)
		return e["looked"]["n"] == 3.0 && e["buy"]["elementText"] == "Buy now" && e["buy"]["page"] == 1.0
	})
	browser.Eval[bool](tab, `(Bellhop.close(), true)`)
	tab.Loses(".pp-window.pp-open")
	browser.Eval[bool](tab, `(Bellhop.toggle(), true)`)
	tab.Sees(".pp-window.pp-open")
	tab.Until(`heard.filter((h) => h === "open").length === 2 && heard.includes("close") && heard.includes("message By code")`)

	browser.Eval[any](tab, `PocketPing.reset({ newSession: true })`)
	tab.Until(`localStorage.getItem("pocketping_session_id") !== ` + quoted(session) + ` && PocketPing.getIdentity() === null && !$(".pp-message")`)
	browser.Eval[bool](tab, `(PocketPing.destroy(), true)`)
	tab.Until(`!document.querySelector("#pocketping-container")`)
	browser.Eval[bool](tab, `(PocketPing.init({ endpoint: `+quoted(s.url+"/pocketping")+` }), true)`)
	tab.Opens()
}

// Options that PocketPing documents and its widget does not know.
func TestWidgetOptionsDoWhatTheirNamesSay(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Open(t)
	tab.Go(site(t, s.url, `headerTitle: "Fern", headerSubtitle: "Here for you", placeholder: "Ask", welcomeMessage: "Own welcome",
    logoUrl: "`+s.url+`/none.png", customCSS: ".pp-header { border-bottom: 7px solid red }", primaryColor: { light: { from: "#123456", to: "#654321" }, dark: "#fff" },
    theme: "light", position: "bottom-left", borderRadius: 3, zIndex: 77, chatBackground: "dots", toggleIcon: "help", persistOpenState: true, showDelay: 300, autoOpenDelay: 600`))
	if early := browser.Eval[bool](tab, `performance.now() < 250 && !!$(".pp-toggle.pp-shown")`); early {
		t.Error("the toggle was there before its delay")
	}
	tab.Sees(".pp-window.pp-open.pp-left")
	tab.Reads(".pp-header-title", "Fern")
	tab.Reads(".pp-header-status", "Here for you")
	tab.Until(`$(".pp-input").placeholder === "Ask" && $("img.pp-avatar").src.endsWith("/none.png")`)
	style := func(selector, property string) string {
		return browser.Eval[string](tab, `getComputedStyle($(`+quoted(selector)+`))[`+quoted(property)+`]`)
	}
	for _, want := range [][3]string{
		{".pp-header", "borderBottomWidth", "7px"}, {".pp-header", "backgroundImage", "linear-gradient(135deg, rgb(18, 52, 86), rgb(101, 67, 33))"},
		{".pp-window", "borderTopLeftRadius", "3px"},
	} {
		if got := style(want[0], want[1]); got != want[2] {
			t.Errorf("%s of %s is %s, want %s", want[1], want[0], got, want[2])
		}
	}
	tab.Until(`getComputedStyle(document.querySelector("#pocketping-container")).zIndex === "77" && getComputedStyle($(".pp-messages")).backgroundImage.includes("radial-gradient")`)
	browser.Eval[bool](tab, `(PocketPing.setConfig({ headerTitle: "Clay", theme: "dark", locale: "de" }), true)`)
	tab.Reads(".pp-header-title", "Clay")
	tab.Sees(".pp-theme-dark")
	tab.Until(`$(".pp-close-btn").getAttribute("aria-label") === "Chat schließen"`)
	for _, hidden := range []string{`showOnPages: ["^/other"]`, `hideOnPages: ["^/$"]`} {
		tab.Go(site(t, s.url, hidden))
		tab.Until(`window.Bellhop?.init && document.readyState === "complete"`)
		if browser.Eval[bool](tab, `!!document.querySelector("#pocketping-container")`) {
			t.Errorf("%s shows the chat", hidden)
		}
	}
}

// In each language the widget says everything in it, and reads from the side that the language does.
func TestWidgetSpeaksTenLanguages(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Open(t)
	tab.Go(site(t, s.url, `locale: "en"`))
	tab.Opens()
	titles := map[string]bool{}
	for _, lang := range []string{"en", "de", "fr", "es", "it", "pt", "nl", "pl", "ja", "ar"} {
		browser.Eval[bool](tab, `(PocketPing.setConfig({ locale: `+quoted(lang)+` }), true)`)
		side := "ltr"
		if lang == "ar" {
			side = "rtl"
		}
		tab.Until(`document.querySelector("#pocketping-container").lang === ` + quoted(lang) + ` && getComputedStyle($(".pp-window")).direction === ` + quoted(side))
		tab.Until(`!` + `window.said?.includes($(".pp-header-title").textContent)`)
		titles[browser.Eval[string](tab, `(window.said = (window.said || []).concat($(".pp-header-title").textContent)).at(-1)`)] = true
	}
	if len(titles) != 10 {
		t.Errorf("titles: %v", titles)
	}
}

// A widget that is too old for its server says so and stops; one that is only old tells the site.
func TestWidgetTellsThatItIsOutOfDate(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Open(t)
	tab.Go(site(t, s.url, `lazy: true, onVersionWarning: (w) => heard.push(w.severity + " " + w.canContinue + " " + w.message)`))
	tab.Sees(".pp-toggle.pp-shown")
	const answers = `((status, headers, body) => {
    const real = window.real ||= window.fetch;
    window.fetch = async (...given) => String(given[0]).endsWith("/connect") && status !== 200 ? new Response(JSON.stringify(body), { status, headers }) :
      new Response((await real(...given)).body, { status: 200, headers });
    return true;
  })`
	browser.Eval[bool](tab, answers+`(200, { "X-PocketPing-Version-Status": "outdated", "X-PocketPing-Version-Message": "there is a newer one" })`)
	tab.Opens()
	tab.Until(`heard.includes("info true there is a newer one")`)
	tab.Session()
	browser.Eval[bool](tab, answers+`(426, {}, { error: "too old", message: "too old", upgradeUrl: "https://example.com/upgrade" }) && (Bellhop.reset({ newSession: true }), true)`)
	tab.Until(`heard.includes("error false too old")`)
	tab.Reads(".pp-notice", "out of date")
	tab.Until(`$(".pp-input").disabled`)
}

// A page that has nothing but the script's line has a chat; data attributes are options.
func TestWidgetStartsFromItsScriptTagAlone(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Open(t)
	tab.Go(site(t, s.url, `hideOnPages: ["."]`))
	tab.Until(`window.Bellhop?.init`)
	browser.Eval[bool](tab, `(() => {
    const script = document.createElement("script");
    script.src = `+quoted(s.url)+` + "/widget.js?again";
    script.nonce = document.querySelector("script[nonce]").nonce;
    Object.assign(script.dataset, { theme: "dark", headerTitle: "By data", position: "bottom-left", zIndex: "9" });
    document.head.append(script);
    return true;
  })()`)
	tab.Opens()
	tab.Sees(".pp-theme-dark.pp-left")
	tab.Reads(".pp-header-title", "By data")
	tab.Says("From a tag")
	tab.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
}
