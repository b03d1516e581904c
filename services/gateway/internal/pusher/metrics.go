package pusher

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	slow, refused, unverified, unreported, clientEvents, triggered, hooksLost prometheus.Counter
	sockets, channels                                                         prometheus.GaugeFunc
}

func (m *metrics) register(to prometheus.Registerer, s *Server) error {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "bellhop_pusher_" + name + "_total", Help: help})
	}
	m.slow = counter("slow_sockets", "Sockets closed because their client read too slowly.")
	m.refused = counter("refused", "Requests of clients that were answered with an error.")
	m.unverified = counter("unverified", "Signatures of clients and backends that were wrong.")
	m.unreported = counter("unreported", "Reports to the sessions service that failed and are repeated.")
	m.clientEvents = counter("client_events", "Events of clients that were passed on.")
	m.triggered = counter("triggered", "Events of backends that were published, one for each channel.")
	m.hooksLost = counter("hooks_lost", "Client events and cache misses that webhooks are not told of: the bus did not take them in time.")
	m.sockets = prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "bellhop_pusher_sockets", Help: "Open WebSockets."},
		func() float64 { return float64(s.open.Load()) })
	m.channels = prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "bellhop_pusher_channels", Help: "Channels with somebody in them here."},
		func() float64 { return float64(s.rooms.len()) })
	for i, c := range m.all() {
		if err := to.Register(c); err != nil {
			for _, registered := range m.all()[:i] {
				to.Unregister(registered)
			}
			return err
		}
	}
	return nil
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.slow, m.refused, m.unverified, m.unreported, m.clientEvents, m.triggered, m.hooksLost, m.sockets, m.channels}
}

// unregister makes room for the next server of the same process.
func (m *metrics) unregister(from prometheus.Registerer) {
	for _, c := range m.all() {
		from.Unregister(c)
	}
}
