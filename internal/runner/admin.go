package runner

import (
	"context"
	"maps"
	"net/http"
	"net/http/pprof"
	"runtime"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
)

// newRegistry has what is true of any process: Go's runtime, the process as the kernel sees it, and the build.
func newRegistry() *prometheus.Registry {
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "bellhop_build_info",
		Help:        "Always 1; the labels say what is running.",
		ConstLabels: prometheus.Labels{"version": Version(), "goversion": runtime.Version()},
	})
	build.Set(1)
	registry := prometheus.NewRegistry()
	registry.MustRegister(build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// readiness is what /readyz answers, for whoever only reads metrics.
func readiness(health *Health) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "bellhop_ready", Help: "1 while the process should be sent work: what /readyz answers.",
	}, func() float64 {
		if len(health.Failing(context.Background())) > 0 {
			return 0
		}
		return 1
	})
}

// AdminHandler serves what operators and Kubernetes ask: /metrics, /healthz, /readyz, /debug/pprof. It shows the inside
// of the process to whoever reaches it, so it belongs on an address of its own that the public doesn't reach.
func AdminHandler(metrics prometheus.Gatherer, health *Health) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", Alive)
	mux.HandleFunc("GET /readyz", health.ServeReady)
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

// Alive answers 200: a process that can answer need not be killed. It checks nothing, because restarting this process
// mends neither NATS nor Redis.
func Alive(w http.ResponseWriter, _ *http.Request) {
	httpserver.JSON(w, http.StatusOK, map[string]string{"status": "alive"})
}

// ServeReady answers 200 {"status":"ready"}, or 503 {"error", "code":"not_ready", "failing":{name: why}}.
func (h *Health) ServeReady(w http.ResponseWriter, r *http.Request) {
	failing := h.Failing(r.Context())
	if len(failing) == 0 {
		httpserver.JSON(w, http.StatusOK, map[string]string{"status": "ready"})
		return
	}
	why := make(map[string]string, len(failing))
	for name, err := range failing {
		why[name] = err.Error()
	}
	httpserver.JSON(w, http.StatusServiceUnavailable, struct {
		Error   string            `json:"error"`
		Code    string            `json:"code"`
		Failing map[string]string `json:"failing"`
	}{"not ready: " + strings.Join(slices.Sorted(maps.Keys(why)), ", "), "not_ready", why})
}
