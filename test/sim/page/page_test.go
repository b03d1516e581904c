package page_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/sim/page"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPageIsServedWithItsTypesAndNamesNoOtherSite(t *testing.T) {
	mux := http.NewServeMux()
	page.Serve(mux, fstest.MapFS{"page/bot.svg": {Data: []byte("<svg/>")}}, "bot.svg")
	for name, want := range map[string]string{"base.css": "text/css", "base.js": "text/javascript", "bot.svg": "image/svg+xml"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/_sim/page/"+name, nil))
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), want) {
			t.Errorf("%s: %d, %s", name, w.Code, w.Header().Get("Content-Type"))
		}
		if strings.Contains(w.Body.String(), "http://") || strings.Contains(w.Body.String(), "https://") {
			t.Errorf("%s names another site", name)
		}
	}
}

func TestOpenPageIsToldOfEveryChangeUntilTheSimulatorStops(t *testing.T) {
	stop, versions := make(chan struct{}), make(chan int64, 1)
	changed := make(chan struct{})
	close(changed)
	versions <- 7
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page.Tell(w, r, stop, func() (<-chan struct{}, int64) {
			select {
			case v := <-versions:
				return changed, v
			default:
				return nil, 8
			}
		})
	}))
	defer server.Close()
	request, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL, nil)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	var ids []string
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			if ids = append(ids, id); id == "8" {
				close(stop)
			}
		}
	}
	if strings.Join(ids, " ") != "7 8" {
		t.Errorf("told of %v", ids)
	}
}

func TestNameHasAnInitialAndOneColour(t *testing.T) {
	for name, want := range map[string]string{"💬 ana": "A", "9 lives": "9", "émile": "É", "": "·", "…": "·"} {
		if got := page.Initial(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	ana, again, ben := page.Hue("Ana"), page.Hue("Ana"), page.Hue("Ben")
	if ana != again || ana == ben || ana < 0 || ana >= 360 {
		t.Errorf("hues %d, %d and %d", ana, again, ben)
	}
}
