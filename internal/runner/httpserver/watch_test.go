package httpserver_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
)

// watched serves routes that are watched, until the test's end.
func watched(t *testing.T, traces trace.TracerProvider, routes map[string]http.Handler) (url string, metrics *prometheus.Registry) {
	t.Helper()
	cfg := httpserver.Config{Addr: "127.0.0.1:0"}
	site, err := cfg.Open(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	metrics = prometheus.NewRegistry()
	if err := site.Watch(metrics, traces); err != nil {
		t.Fatal(err)
	}
	for pattern, handler := range routes {
		if err := site.Handle(pattern, handler); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 1)
	go func() { done <- site.Serve() }()
	t.Cleanup(func() {
		_ = site.Shutdown(t.Context()) // a connection was hijacked, or is kept
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + site.Addr().String(), metrics
}

// counted are the requests by route and code.
func counted(t *testing.T, metrics *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "bellhop_http_requests_total" {
				all[m.GetLabel()[1].GetValue()+" "+m.GetLabel()[0].GetValue()] = m.GetCounter().GetValue()
			}
		}
	}
	return all
}

func ask(t *testing.T, url string, header ...string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
}

// nested is a mux within a route, as the widget's routes are.
func nested() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /site/file/{ticket}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "the file") })
	mux.HandleFunc("GET /site/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	return mux
}

func TestRequestsAreCountedByPatternAndStatusWhateverIsAsked(t *testing.T) {
	url, metrics := watched(t, nil, map[string]http.Handler{"/site/": nested()})
	for _, path := range []string{"/site/file/a-secret-ticket", "/site/file/another", "/site/broken", "/site/nothing/" + strings.Repeat("x", 100)} {
		ask(t, url+path)
	}
	got := counted(t, metrics)
	want := map[string]float64{"GET /site/file/{ticket} 200": 2, "GET /site/broken 503": 1, "/site/ 404": 1}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("counted %v, want %v", got, want)
	}
}

func TestSpanOfARequestTellsItsPatternAndNeitherPathNorClient(t *testing.T) {
	kept := tracetest.NewInMemoryExporter()
	url, _ := watched(t, sdktrace.NewTracerProvider(sdktrace.WithSyncer(kept)), map[string]http.Handler{"/site/": nested()})
	ask(t, url+"/site/file/a-secret-ticket?key=a-secret-key", "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	ask(t, url+"/site/broken")
	spans := kept.GetSpans()
	if len(spans) != 2 || spans[0].Name != "GET /site/file/{ticket}" || spans[1].Name != "GET /site/broken" || spans[1].Status.Description == "" {
		t.Fatalf("%+v", spans)
	}
	for _, s := range spans {
		if said := fmt.Sprint(s); strings.Contains(said, "secret") || strings.Contains(said, "127.0.0.1") {
			t.Errorf("the span tells %s", said)
		}
		if s.Parent.IsValid() {
			t.Error("a client's trace was continued")
		}
	}
}

func TestWatchedRouteUpgradesToWebSocket(t *testing.T) {
	kept := tracetest.NewInMemoryExporter()
	url, metrics := watched(t, sdktrace.NewTracerProvider(sdktrace.WithSyncer(kept)), map[string]http.Handler{
		"GET /stream": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var upgrader websocket.Upgrader
			conn, err := upgrader.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			_ = conn.WriteMessage(websocket.TextMessage, []byte("hello"))
			_ = conn.Close()
		}),
	})
	conn, res, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(url, "http")+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	defer func() { _ = conn.Close() }()
	if _, said, err := conn.ReadMessage(); err != nil || string(said) != "hello" {
		t.Errorf("%q, %v", said, err)
	}
	for counted(t, metrics)["GET /stream 101"] != 1 {
		if t.Context().Err() != nil {
			t.Fatal("never counted")
		}
	}
}
