package projection

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/metric"
)

// metrics of the projection, by part.
type metrics struct {
	events *prometheus.CounterVec
	delay  prometheus.Histogram
	lag    *prometheus.GaugeVec
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	m := &metrics{
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_projection_applied_events_total", Help: "Events applied to the session store by this process.",
		}, []string{"part"}),
		lag: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "bellhop_projection_lag_sequences", Help: "Stream sequences between a part's newest event and the store's floor.",
		}, []string{"part"}),
	}
	m.delay = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "bellhop_projection_delay_seconds", Help: "From an event's time until the session store had it, for the oldest of each batch.", Buckets: metric.Slow(),
	})
	if registerer != nil {
		registerer.MustRegister(m.events, m.delay, m.lag)
	}
	for n := range id.Part(id.Parts) {
		m.applied(n, 0)
		m.behind(n, 0, 0)
	}
	return m
}

func (m *metrics) applied(n id.Part, events int) {
	m.events.WithLabelValues(n.String()).Add(float64(events))
}

// caughtUp observes how old an event was when it was applied.
func (m *metrics) caughtUp(at time.Time) {
	m.delay.Observe(max(0, time.Since(at).Seconds()))
}

func (m *metrics) behind(n id.Part, floor, end uint64) {
	lag := 0.0
	if end > floor {
		lag = float64(end - floor)
	}
	m.lag.WithLabelValues(n.String()).Set(lag)
}
