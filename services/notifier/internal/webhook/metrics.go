package webhook

import (
	"fmt"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics of one destination. They outlive the engines, of which there is one at a time.
type Metrics struct {
	took   prometheus.Counter
	fails  *prometheus.CounterVec
	dead   prometheus.Counter
	off    prometheus.Gauge
	engine atomic.Pointer[engine]
}

// NewMetrics registers the metrics of one destination, which is their label. It fails if that was done before.
func NewMetrics(registerer prometheus.Registerer, destination string) (*Metrics, error) {
	m := &Metrics{
		took: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bellhop_webhook_delivered_total", Help: "Events that the receiver has taken.",
		}),
		fails: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_webhook_failed_total", Help: "Attempts that the receiver has not answered with 2xx, by reason.",
		}, []string{"reason"}),
		dead: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bellhop_webhook_dead_total", Help: "Events that went to the dead letters.",
		}),
		off: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bellhop_webhook_disabled", Help: "1 when the receiver has answered 410 and nothing is sent.",
		}),
	}
	sessions := m.gauge("bellhop_webhook_waiting_sessions", "Sessions with events that wait for another attempt.",
		func(e *engine) float64 { n, _ := e.queue.waiting(); return float64(n) })
	oldest := m.gauge("bellhop_webhook_oldest_waiting_seconds", "Age of the oldest event that waits for another attempt.",
		func(e *engine) float64 { _, age := e.queue.waiting(); return age.Seconds() })
	registerer = prometheus.WrapRegistererWith(prometheus.Labels{"destination": destination}, registerer)
	for _, c := range []prometheus.Collector{m.took, m.fails, m.dead, m.off, sessions, oldest} {
		if err := registerer.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// gauge reads from the engine that is at work; without one, the lease is another process's, and it is 0.
func (m *Metrics) gauge(name, help string, read func(*engine) float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
		if e := m.engine.Load(); e != nil {
			return read(e)
		}
		return 0
	})
}

func (m *Metrics) delivered() { m.took.Inc() }

func (m *Metrics) failed(r Reason) { m.fails.WithLabelValues(string(r)).Inc() }

func (m *Metrics) died() { m.dead.Inc() }

func (m *Metrics) disable(off bool) {
	m.off.Set(0)
	if off {
		m.off.Set(1)
	}
}
