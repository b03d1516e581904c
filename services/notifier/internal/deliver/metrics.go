package deliver

import (
	"cmp"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/metric"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

// Metrics of one platform. They outlive the engines, of which there is one per holding of the lease.
type Metrics struct {
	calls       *prometheus.CounterVec
	latency     prometheus.Histogram
	waits       *prometheus.HistogramVec
	joined      prometheus.Counter
	dead        prometheus.Counter
	rateLimited prometheus.Counter
	broken      prometheus.Gauge
	engine      atomic.Pointer[Engine]
}

// NewMetrics registers the metrics of one platform, which is their label. It fails if that was done before.
func NewMetrics(registerer prometheus.Registerer, platform string) (*Metrics, error) {
	m := &Metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_notifier_calls_total", Help: "Calls of the platform, by what they did and how they ended.",
		}, []string{"kind", "outcome"}),
		latency: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "bellhop_notifier_delivery_seconds", Help: "From the message's time until the platform had it.", Buckets: metric.Slow(),
		}),
		waits: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "bellhop_notifier_budget_wait_seconds", Help: "Waiting for the platform's limits, by class.", Buckets: metric.Slow(),
		}, []string{"class"}),
		joined: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bellhop_notifier_joined_messages_total", Help: "Messages that share a post with others.",
		}),
		dead: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bellhop_notifier_failed_total", Help: "Deliveries that went to the dead letters.",
		}),
		rateLimited: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bellhop_notifier_rate_limited_total", Help: "Calls that the platform answered with a demand to wait.",
		}),
		broken: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bellhop_notifier_circuit_open", Help: "1 while the platform refuses the bot and nothing is sent.",
		}),
	}
	lag := m.gauge("bellhop_notifier_lag_seconds", "Age of the oldest event that is not delivered yet.",
		func(e *Engine) float64 { return e.lanes.lag().Seconds() })
	waiting := m.gauge("bellhop_notifier_waiting", "Sessions that wait for the platform's limits.",
		func(e *Engine) float64 { return float64(e.Pacer.Waiting()) })
	holding := m.gauge("bellhop_notifier_holding", "1 while this process delivers to the platform; of all replicas one does.",
		func(*Engine) float64 { return 1 })
	registerer = prometheus.WrapRegistererWith(prometheus.Labels{"platform": platform}, registerer)
	for _, c := range []prometheus.Collector{m.calls, m.latency, m.waits, m.joined, m.dead, m.rateLimited, m.broken, lag, waiting, holding} {
		if err := registerer.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// gauge reads from the engine that is at work; without one, the lease is another process's, and it is 0.
func (m *Metrics) gauge(name, help string, read func(*Engine) float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
		if e := m.engine.Load(); e != nil {
			return read(e)
		}
		return 0
	})
}

func (m *Metrics) called(kind string, failed *Failure) {
	if failed != nil && failed.Kind == RateLimited {
		m.rateLimited.Inc()
	}
	m.calls.WithLabelValues(kind, cmp.Or(failed.word(), "done")).Inc()
}

func (m *Metrics) accepted(written *timestamppb.Timestamp) {
	if written != nil {
		m.latency.Observe(max(0, time.Since(written.AsTime()).Seconds()))
	}
}

func (m *Metrics) waited(class pace.Class, d time.Duration) {
	m.waits.WithLabelValues(class.String()).Observe(d.Seconds())
}

func (m *Metrics) joinedTexts(n int) { m.joined.Add(float64(n)) }

func (m *Metrics) failed() { m.dead.Inc() }

func (m *Metrics) circuit(open bool) {
	m.broken.Set(0)
	if open {
		m.broken.Set(1)
	}
}
