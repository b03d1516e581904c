package e2e

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/evanw/esbuild/pkg/api"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/test/browser"
)

// turns closes a conversation, or opens it again, as somebody of the team does.
func (s *stack) turns(t *testing.T, session string, kind bus.Type) {
	t.Helper()
	s.happens(t, session, kind, &eventv1.Session{Session: &bellhopv1.Session{Id: session}, By: "Mia", Platform: "telegram", At: timestamppb.Now()})
}

// What the team closes is shown as closed, and what it opens again is not: at once, after a cut, and after a reload.
func TestWidgetShowsWhetherTheConversationIsClosed(t *testing.T) {
	t.Parallel()
	s := usual(t)
	line := browser.NewLine(t, strings.TrimPrefix(s.url, "http://"))
	tab := browser.Open(t)
	address := site(t, line.URL(), `persistOpenState: true`)
	tab.Go(address)
	tab.Opens()
	tab.Says("Hello")
	tab.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
	session := tab.Session()
	s.turns(t, session, bus.SessionClosed)
	tab.Reads(".pp-notice", "closed")
	s.turns(t, session, bus.SessionReopened)
	tab.Loses(".pp-notice")
	s.turns(t, session, bus.SessionClosed)
	tab.Reads(".pp-notice", "closed")
	line.Cut()
	s.turns(t, session, bus.SessionReopened)
	line.Mend()
	tab.Loses(".pp-notice")
	s.turns(t, session, bus.SessionClosed)
	tab.Reads(".pp-notice", "closed")
	tab.Go(address) // opens by itself: it was open
	tab.Sees(".pp-window.pp-open")
	tab.Reads(".pp-notice", "closed")
}

// A page whose loader is of an older release than the server gets the panel under the name that stays.
func TestWidgetLoadsThePanelOfANewerServer(t *testing.T) {
	t.Parallel()
	s := usual(t)
	to, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/widget/panel-") {
			http.NotFound(w, r)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	tab := browser.Open(t)
	tab.Go(site(t, server.URL, ``))
	tab.Opens()
	tab.Session()
	tab.Until(`performance.getEntriesByType("resource").some((e) => e.name.endsWith("/widget/panel.js"))`)
}

// Where a site's policy lets no socket through at first, the page hears by an event stream, and by a socket as soon as there is one.
func TestWidgetClimbsBackToASocket(t *testing.T) {
	t.Parallel()
	s := usual(t)
	for name, way := range map[string]struct{ broken, hears string }{
		"from an event stream": {`["WebSocket"]`, "EventSource"}, "from polling": {`["WebSocket", "EventSource"]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab := browser.Open(t)
			tab.Go(site(t, s.url, `lazy: true`))
			tab.Sees(".pp-toggle.pp-shown")
			browser.Eval[bool](tab, `(() => {
        const wait = window.setTimeout;
        window.setTimeout = (f, ms) => wait(f, ms === 45000 || ms === 3000 ? 200 : ms); // the pauses between two attempts to climb
        window.broken = `+way.broken+`; window.opened = [];
        for (const name of ["WebSocket", "EventSource"]) {
          const real = window[name];
          window[name] = new Proxy(real, { construct: (_, given) => {
            const way = new real(broken.includes(name) ? given[0].replace(/:[0-9]+/, ":1") : given[0]); // the site's policy does not allow it
            way.addEventListener("open", () => opened.push(name));
            return way;
          } });
        }
        return true;
      })()`)
			tab.Opens()
			tab.Says("Can you hear me?")
			tab.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
			session := tab.Session()
			s.replies(t, session, "Yes")
			tab.Reads(".pp-message-operator", "Yes")
			if got := browser.Eval[string](tab, `[...new Set(opened)].join()`); got != way.hears {
				t.Errorf("it hears by %q, want %q", got, way.hears)
			}
			browser.Eval[bool](tab, `(broken.length = 0, true)`)
			tab.Until(`opened.at(-1) === "WebSocket"`)
			s.replies(t, session, "Loud and clear")
			tab.Reads(".pp-message-operator", "Loud and clear")
			if got := browser.Eval[int](tab, `$$(".pp-message").length`); got != 3 {
				t.Errorf("%d messages, want 3", got)
			}
		})
	}
}

// A message of the team is heard by who does not look at the chat, and by nobody where a site wants no sound.
func TestWidgetSoundsForAMessageThatNobodySees(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Open(t)
	for _, one := range []struct {
		options string
		sounds  bool
	}{{`soundEnabled: true`, true}, {`soundEnabled: false`, false}} {
		tab.Go(site(t, s.url, one.options+`, autoOpenOnMessage: false, lazy: true`))
		tab.Sees(".pp-toggle.pp-shown")
		browser.Eval[bool](tab, `(window.tones = 0, window.AudioContext = class extends AudioContext { createOscillator() { tones++; return super.createOscillator(); } }, true)`)
		tab.Opens()
		tab.Says("Hello")
		tab.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
		session := tab.Session()
		s.replies(t, session, "while it is seen")
		tab.Reads(".pp-message-operator", "while it is seen")
		if got := browser.Eval[int](tab, `tones`); got != 0 {
			t.Errorf("%s: %d tones for what is seen", one.options, got)
		}
		tab.Click(".pp-input")
		tab.Types(browser.Escape)
		tab.Loses(".pp-window.pp-open")
		s.replies(t, session, "while it is not")
		tab.Sees(".pp-unread-badge")
		if got := browser.Eval[int](tab, `tones`); got > 0 != one.sounds {
			t.Errorf("%s: %d tones", one.options, got)
		}
		tab.Opens()
		tab.Loses(".pp-unread-badge")
		browser.Eval[any](tab, `PocketPing.reset({ newSession: true })`)
	}
}

// A site may leave the chat away on narrow screens.
func TestWidgetIsNotOnAPhoneWhereASiteHidesItThere(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Open(t)
	address := site(t, s.url, `hideOnMobile: true`)
	tab.Go(address)
	tab.Sees(".pp-toggle.pp-shown")
	tab.Do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch))
	tab.Go(address)
	tab.Until(`window.Bellhop?.init && document.readyState === "complete"`)
	if browser.Eval[bool](tab, `!!document.querySelector("#pocketping-container")`) {
		t.Error("the chat is there")
	}
}

// A file tells how far it is, and goes no further when somebody takes it back.
func TestWidgetShowsHowFarAFileIs(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := opened(t, browser.Open(t), s, ``)
	tab.SendsAtMost(200_000)
	const give = `(() => {
    const data = new DataTransfer();
    data.items.add(new File(["a line of text\n".repeat(200_000)], "%[1]s.txt", { type: "text/plain" }));
    $(".pp-input").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, composed: true, cancelable: true }));
    return true;
  })()`
	browser.Eval[bool](tab, fmt.Sprintf(give, "unwanted"))
	tab.Until(`$(".pp-upload-progress")?.value > 0 && $(".pp-upload-progress").value < 100`)
	before := browser.Eval[int](tab, `$(".pp-upload-progress").value`)
	tab.Until(fmt.Sprintf(`$(".pp-upload-progress").value > %d`, before))
	tab.Click(".pp-attachment-uploading .pp-remove-attachment")
	tab.Loses(".pp-attachment-preview")
	tab.SendsAtMost(-1)
	browser.Eval[bool](tab, fmt.Sprintf(give, "wanted"))
	tab.Reads(".pp-attachment-ready", "wanted.txt")
	tab.Says("one of the two")
	tab.Reads(".pp-message-visitor .pp-attachment-name", "wanted.txt")
	if got := browser.Eval[int](tab, `$$(".pp-message-visitor .pp-attachment-name").length`); got != 1 {
		t.Errorf("%d files, want 1", got)
	}
}

// A site that names its project needs to know no path.
func TestWidgetOfANamedProjectFindsItsServer(t *testing.T) {
	t.Parallel()
	s := usual(t)
	pages := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><title>A site</title><script src="%s/widget.js" data-project-id="default" async></script>`, s.url)
	}))
	t.Cleanup(pages.Close)
	tab := browser.Open(t)
	tab.Go(pages.URL)
	tab.Opens()
	tab.Says("Hello")
	tab.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
	tab.Until(`performance.getEntriesByType("resource").some((e) => e.name.endsWith("/api/widget/default/message"))`)
	s.replies(t, tab.Session(), "Hello to you")
	tab.Reads(".pp-message-operator", "Hello to you")
}

// Who bundles takes the widget from its package, as published: its panel becomes a chunk of the site.
func TestWidgetComesWithABundle(t *testing.T) {
	t.Parallel()
	s := usual(t)
	root := t.TempDir()
	published(t, "../../web", filepath.Join(root, "node_modules/@bellhop/widget"))
	entry := fmt.Sprintf(`import { init, open, on } from "@bellhop/widget"; init({ endpoint: %q, lazy: true }); on("open", () => { document.title = "opened"; }); open();`, s.url+"/pocketping")
	if err := os.WriteFile(filepath.Join(root, "site.js"), []byte(entry), 0o600); err != nil {
		t.Fatal(err)
	}
	built := api.Build(api.BuildOptions{
		AbsWorkingDir: root, EntryPoints: []string{"site.js"}, Outdir: "public", Bundle: true, Write: true, Splitting: true, Format: api.FormatESModule,
		Platform: api.PlatformBrowser,
	})
	if len(built.Errors)+len(built.Warnings) > 0 {
		t.Fatalf("esbuild: %v, %v", built.Errors, built.Warnings)
	}
	page := `<!doctype html><title>A site</title><script type="module" src="site.js"></script>`
	if err := os.WriteFile(filepath.Join(root, "public/index.html"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	pages := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(root, "public"))))
	t.Cleanup(pages.Close)
	tab := browser.Open(t)
	tab.Go(pages.URL)
	tab.Sees(".pp-window.pp-open")
	tab.Until(`document.title === "opened"`)
	tab.Says("From a bundle")
	tab.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
	if browser.Eval[bool](tab, fmt.Sprintf(`performance.getEntriesByType("resource").some((e) => e.name.startsWith(%q) && e.name.includes("/widget/"))`, s.url)) {
		t.Error("the page loads a part of the widget from the server")
	}
}

// published puts into a folder what the package of another has when it is published: what its "files" name.
func published(t *testing.T, from, to string) {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join(from, "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var says struct{ Files []string }
	if err := json.Unmarshal(manifest, &says); err != nil {
		t.Fatal(err)
	}
	all := os.DirFS(from)
	for _, name := range append(says.Files, "package.json") {
		err := fs.WalkDir(all, name, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(all, path)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Dir(filepath.Join(to, path)), 0o700); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(to, path), content, 0o600)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
