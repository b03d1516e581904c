package httpserver

import (
	"bufio"
	"cmp"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/bellhop-chat/bellhop/internal/metric"
	"github.com/bellhop-chat/bellhop/internal/span"
)

// watch counts and traces the requests of a site. It is our own instead of otelhttp, which writes the path into spans: in paths stand the
// tickets of files. What is told of a request is its pattern, so whatever a client sends makes no new label.
type watch struct {
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	tracer   trace.Tracer // nil traces nothing
}

// Watch counts the requests of what is mounted from now on, and traces them if there is a provider. What a client says of a trace of its
// own is not believed: anybody may call.
func (s *Site) Watch(to prometheus.Registerer, traces trace.TracerProvider) (err error) {
	w := &watch{tracer: span.Tracer(traces)}
	w.requests, err = metric.Register(to, prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "bellhop_http_requests_total", Help: "HTTP requests answered, by route and status.",
	}, []string{"route", "code"}))
	if err != nil {
		return err
	}
	w.took, err = metric.Register(to, prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "bellhop_http_request_seconds", Help: "From a request's head until its answer; for streams, until they were opened or ended.", Buckets: metric.Quick(),
	}, []string{"route"}))
	s.watch = w
	return err
}

// over is the handler of a pattern that is watched. A nil watch watches nothing.
func (w *watch) over(pattern string, next http.Handler) http.Handler {
	if w == nil {
		return next
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		begun, seen := time.Now(), &witness{ResponseWriter: rw, status: http.StatusOK}
		if w.tracer == nil {
			next.ServeHTTP(seen, r)
			w.count(cmp.Or(r.Pattern, pattern), seen.status, begun)
			return
		}
		ctx, s := span.Enter(r.Context(), w.tracer, r.Method, trace.SpanKindServer, attribute.String("http.request.method", r.Method))
		r = r.WithContext(ctx)
		next.ServeHTTP(seen, r)
		route := cmp.Or(r.Pattern, pattern) // the innermost mux has written it into the request; one that knows no route empties it
		w.count(route, seen.status, begun)
		s.SetName(route)
		s.SetAttributes(attribute.String("http.route", route), attribute.Int("http.response.status_code", seen.status))
		why := ""
		if seen.status >= http.StatusInternalServerError {
			why = http.StatusText(seen.status)
		}
		span.End(s, why)
	})
}

func (w *watch) count(route string, status int, begun time.Time) {
	w.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	w.took.WithLabelValues(route).Observe(time.Since(begun).Seconds())
}

// witness sees the status of an answer.
type witness struct {
	http.ResponseWriter
	status int
	told   bool
}

func (w *witness) WriteHeader(status int) {
	if !w.told && status >= http.StatusOK {
		w.status, w.told = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *witness) Write(b []byte) (int, error) {
	w.told = true
	return w.ResponseWriter.Write(b)
}

// Unwrap is what http.ResponseController looks for, for deadlines and flushing.
func (w *witness) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack is what the WebSocket library looks for.
func (w *witness) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil && !w.told {
		w.status, w.told = http.StatusSwitchingProtocols, true
	}
	return conn, buffered, err
}
