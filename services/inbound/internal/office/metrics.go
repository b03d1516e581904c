package office

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bellhop-chat/bellhop/internal/metric"
)

// Metrics counts what is received from one platform.
type Metrics struct {
	updates, refused, answers *prometheus.CounterVec
	handling                  prometheus.Histogram
}

// NewMetrics registers the metrics of a platform.
func NewMetrics(registry prometheus.Registerer, platform string) (*Metrics, error) {
	labels := prometheus.Labels{"platform": platform}
	m := &Metrics{
		updates: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_inbound_updates_total", Help: "Updates received, by what became of them.", ConstLabels: labels,
		}, []string{"result"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_inbound_refused_total", Help: "Requests refused, by reason.", ConstLabels: labels,
		}, []string{"reason"}),
		answers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_inbound_answers_total", Help: "Answers to operators: text, reaction, toast, or dropped.", ConstLabels: labels,
		}, []string{"how"}),
		handling: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "bellhop_inbound_handling_seconds", Help: "From an operator's gesture until what it means was stored.", ConstLabels: labels, Buckets: metric.Quick(),
		}),
	}
	for _, c := range m.collectors() {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// Unregister makes room for the metrics of a service that is started again in the same process.
func (m *Metrics) Unregister(registry prometheus.Registerer) {
	for _, c := range m.collectors() {
		registry.Unregister(c)
	}
}

func (m *Metrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.updates, m.refused, m.answers, m.handling}
}

// Count counts what became of an update.
func (m *Metrics) Count(result Result) { m.updates.WithLabelValues(string(result)).Inc() }

func (m *Metrics) took(d time.Duration) { m.handling.Observe(d.Seconds()) }

// Refuse counts a request that was refused.
func (m *Metrics) Refuse(reason string) { m.refused.WithLabelValues(reason).Inc() }

// Answered counts an answer: "text", "reaction", "toast" for a button, or "dropped".
func (m *Metrics) Answered(how string) { m.answers.WithLabelValues(how).Inc() }
