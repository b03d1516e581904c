package telegram

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// What became of an update.
const (
	resultStored      = "stored"
	resultCommand     = "command"
	resultAnswered    = "answered"
	resultIgnored     = "ignored"
	resultUnconnected = "unconnected"
	resultDuplicate   = "duplicate"
	resultFailed      = "failed"
	resultPoison      = "poison"
)

// Why a request was refused.
const (
	refusedUnset     = "secret_unset"
	refusedMissing   = "secret_missing"
	refusedWrong     = "secret_wrong"
	refusedMalformed = "malformed"
	refusedTooLarge  = "too_large"
)

// Metrics counts what the bots of a process receive.
type Metrics struct {
	updates, refused, answers *prometheus.CounterVec
}

// NewMetrics registers the metrics.
func NewMetrics(registry prometheus.Registerer) (*Metrics, error) {
	labels := prometheus.Labels{"platform": platform}
	m := &Metrics{
		updates: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_inbound_updates_total", Help: "Updates received, by what became of them.", ConstLabels: labels,
		}, []string{"result"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_inbound_refused_total", Help: "Webhook requests refused, by reason.", ConstLabels: labels,
		}, []string{"reason"}),
		answers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bellhop_inbound_answers_total", Help: "Answers to operators: text, reaction, or dropped.", ConstLabels: labels,
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

func (m *Metrics) update(result string) { m.updates.WithLabelValues(result).Inc() }
func (m *Metrics) refuse(reason string) { m.refused.WithLabelValues(reason).Inc() }
func (m *Metrics) answer(how string)    { m.answers.WithLabelValues(how).Inc() }
