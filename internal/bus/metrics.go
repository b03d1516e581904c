package bus

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bellhop-chat/bellhop/internal/metric"
	"github.com/bellhop-chat/bellhop/internal/span"
)

// metrics of one connection. Those of two connections of one service are the same.
type metrics struct {
	published  *prometheus.CounterVec
	took       prometheus.Histogram
	failed     *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	dead       *prometheus.CounterVec
}

func newMetrics(to prometheus.Registerer) (m *metrics, err error) {
	m = &metrics{
		published: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_bus_published_events_total", Help: "Events that the bus has stored, by type.",
		}, []string{"type"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "bellhop_bus_publish_seconds", Help: "From publishing until the bus has acknowledged.", Buckets: metric.Quick(),
		}),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_bus_publish_failures_total", Help: "Publications that were not acknowledged, by reason.",
		}, []string{"reason"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_bus_deliveries_total", Help: "Deliveries to consumers, by what became of them.",
		}, []string{"consumer", "result"}),
		dead: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_bus_dead_letters_total", Help: "Events that were put among the dead letters.",
		}, []string{"consumer"}),
	}
	for _, c := range []*(*prometheus.CounterVec){&m.published, &m.failed, &m.deliveries, &m.dead} {
		if *c, err = metric.Register(to, *c); err != nil {
			return nil, err
		}
	}
	for _, why := range []string{"unavailable", "too_large", "moved", "malformed"} {
		m.failed.WithLabelValues(why) // 0 until it happens: what begins with 1 has no rate
	}
	m.took, err = metric.Register(to, m.took)
	return m, err
}

// expect shows what may become of a consumer's deliveries before it does.
func (m *metrics) expect(consumer string) {
	for _, result := range []string{"done", "again", "dead"} {
		m.deliveries.WithLabelValues(consumer, result)
	}
	m.dead.WithLabelValues(consumer)
}

// publishing begins to measure a publication, and to trace it where it belongs to a trace; end ends both.
func (b *Bus) publishing(ctx context.Context, events []Event) (traced context.Context, end func(error)) {
	begun := time.Now()
	ctx, s := b.producing(ctx, events)
	return ctx, func(err error) {
		why := whyNot(err)
		if why == "" {
			b.metrics.took.Observe(time.Since(begun).Seconds())
			for _, ev := range events {
				b.metrics.published.WithLabelValues(string(ev.Type)).Inc()
			}
		} else {
			b.metrics.failed.WithLabelValues(why).Inc()
		}
		span.End(s, why)
	}
}

// whyNot is why something was not stored, in a word; empty for no error.
func whyNot(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrTooLarge):
		return "too_large"
	case errors.Is(err, ErrMoved):
		return "moved"
	case errors.Is(err, ErrUnavailable):
		return "unavailable"
	}
	return "malformed"
}

// settled counts what became of a delivery.
func (m *metrics) settled(consumer string, c conclusion) {
	result := "done"
	switch {
	case c.dead:
		result = "dead"
	case c.again > 0:
		result = "again"
	}
	m.deliveries.WithLabelValues(consumer, result).Inc()
}
