package pusher

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bellhop-chat/bellhop/services/notifier/internal/webhook"
)

// Metrics of one receiver.
type Metrics struct {
	took, drops prometheus.Counter
	fails       *prometheus.CounterVec
	failing     atomic.Int64 // since, in seconds; 0 for not
}

// NewMetrics registers the metrics of one receiver, which is their label. It fails if that was done before.
func NewMetrics(registerer prometheus.Registerer, receiver string) (*Metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "bellhop_pusher_webhook_" + name + "_total", Help: help})
	}
	m := &Metrics{
		took:  counter("delivered", "Events that the receiver has taken."),
		drops: counter("dropped", "Events that were given up, because the receiver has not taken them for five minutes."),
		fails: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_pusher_webhook_failed_total", Help: "Attempts that the receiver has not answered with 2xx, by reason.",
		}, []string{"reason"}),
	}
	for _, why := range webhook.Reasons() {
		m.fails.WithLabelValues(string(why)) // 0 until it happens: what begins with 1 has no rate
	}
	failing := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "bellhop_pusher_webhook_failing_seconds", Help: "For how long the receiver has not taken anything that it was sent; 0 when it does.",
	}, func() float64 {
		if since := m.failing.Load(); since != 0 {
			return float64(time.Now().Unix() - since)
		}
		return 0
	})
	registerer = prometheus.WrapRegistererWith(prometheus.Labels{"destination": receiver}, registerer)
	for _, c := range []prometheus.Collector{m.took, m.drops, m.fails, failing} {
		if err := registerer.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

func (m *Metrics) delivered(events int) { m.took.Add(float64(events)) }

func (m *Metrics) dropped(events int) { m.drops.Add(float64(events)) }

func (m *Metrics) failed(why webhook.Reason) { m.fails.WithLabelValues(string(why)).Inc() }

// fail notes since when the receiver fails; the zero time when it does not.
func (m *Metrics) fail(since time.Time) {
	m.failing.Store(0)
	if !since.IsZero() {
		m.failing.Store(since.Unix())
	}
}
