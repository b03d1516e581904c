package announce

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bellhop-chat/bellhop/internal/metric"
)

type metrics struct{ told, lost prometheus.Counter }

func newMetrics(to prometheus.Registerer) (m *metrics, err error) {
	m = &metrics{
		told: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bellhop_channels_hooks_total", Help: "Changes of channels that this replica has stored for webhooks; another may have stored the same.",
		}),
		lost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bellhop_channels_hooks_lost_total", Help: "Batches of changes that were dropped because too many waited for the bus.",
		}),
	}
	for _, c := range []*prometheus.Counter{&m.told, &m.lost} {
		if *c, err = metric.Register(to, *c); err != nil {
			return nil, err
		}
	}
	return m, nil
}
