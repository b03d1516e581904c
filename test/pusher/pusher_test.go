package pusher

import (
	"testing"

	"github.com/bellhop-chat/bellhop/test/browser"
)

// The libraries are as their registry has them, and all that they are given is where Bellhop is.
func TestTheRealLibrariesWorkUnmodified(t *testing.T) {
	prepared := make(chan error, 1)
	scripts := t.TempDir()
	go func() { prepared <- prepare(t.Context(), scripts) }() // beside the start: each takes a second or two
	in := start(t)
	one, two, brief := in.gateway(t, "gateway"), in.gateway(t, "gateway 2"), in.gateway(t, "gateway 3")
	in.ready(t)
	if err := <-prepared; err != nil {
		t.Fatal(err)
	}

	t.Run("Node, at two gateways", func(t *testing.T) {
		t.Parallel()
		tell(t, node(t, scripts, append(environment(one, two), "WEBHOOKS="+in.webhooks), "main.mjs").results())
	})
	t.Run("a gateway that is replaced", func(t *testing.T) {
		t.Parallel()
		p := node(t, scripts, environment(brief, two), "main.mjs", "replaced gateway")
		if said := p.says(); said != "ready" {
			t.Fatalf("it says %q", said)
		}
		brief.stop()
		tell(t, p.results())
	})
	for _, build := range []string{"pusher", "pusher-with-encryption"} {
		t.Run("Chromium, "+build, func(t *testing.T) {
			t.Parallel()
			application := node(t, scripts, environment(one), "serve.mjs").says()
			tab := browser.Open(t)
			tab.Go(application + "/" + build + ".html")
			tell(t, browser.Eval[[]line](tab, "window.played"))
		})
	}
}

// tell makes a subtest of each theme, and of each of its points.
func tell(t *testing.T, results []line) {
	t.Helper()
	if len(results) == 0 {
		t.Fatal("nothing was played")
	}
	themes := map[string][]line{}
	for _, l := range results {
		themes[l.Theme] = append(themes[l.Theme], l)
	}
	for theme, points := range themes {
		t.Run(theme, func(t *testing.T) {
			for _, l := range points {
				t.Run(l.Point, func(t *testing.T) {
					t.Logf("%d ms", l.MS)
					if l.Error != "" {
						t.Error(l.Error)
					}
				})
			}
		})
	}
}
