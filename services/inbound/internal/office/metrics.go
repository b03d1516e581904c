package office

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what is received from one platform.
type Metrics struct {
	updates, refused, answers *prometheus.CounterVec
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
	return []prometheus.Collector{m.updates, m.refused, m.answers}
}

// Count counts what became of an update.
func (m *Metrics) Count(result Result) { m.updates.WithLabelValues(string(result)).Inc() }

// Refuse counts a request that was refused.
func (m *Metrics) Refuse(reason string) { m.refused.WithLabelValues(reason).Inc() }

// Answered counts an answer: "text", "reaction", "toast" for a button, or "dropped".
func (m *Metrics) Answered(how string) { m.answers.WithLabelValues(how).Inc() }
