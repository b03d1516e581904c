package stream

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
)

type metrics struct {
	slow, refused prometheus.Counter
	resets        *prometheus.CounterVec
	sockets       prometheus.GaugeFunc
}

func (m *metrics) register(to prometheus.Registerer, h *hub.Hub, p id.Project) error {
	m.slow = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "bellhop_gateway_slow_sockets_total", Help: "Sockets closed because their client read too slowly."})
	m.refused = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "bellhop_gateway_refused_frames_total", Help: "Frames from clients that were not accepted."})
	m.resets = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "bellhop_gateway_resets_total", Help: "Clients that came back and were told to read their conversation anew, by reason."}, []string{"reason"})
	for _, why := range []string{resetUnknown, resetStream, resetNotStored, resetTooMany} {
		m.resets.WithLabelValues(why) // 0 until it happens: what begins with 1 has no rate
	}
	m.sockets = prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "bellhop_gateway_sockets", Help: "Open WebSockets and event streams."}, func() float64 { return float64(h.Count(p)) })
	for i, c := range m.all() {
		if err := to.Register(c); err != nil {
			unregister(to, m.all()[:i])
			return err
		}
	}
	return nil
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.slow, m.refused, m.resets, m.sockets}
}

// unregister makes room for the next server of the same process.
func unregister(from prometheus.Registerer, all []prometheus.Collector) {
	for _, c := range all {
		from.Unregister(c)
	}
}
