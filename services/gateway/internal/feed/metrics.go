package feed

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bellhop-chat/bellhop/internal/metric"
)

// NewLatency registers what Feed.Pushed observes.
func NewLatency(to prometheus.Registerer) (prometheus.Histogram, error) {
	return metric.Register(to, prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "bellhop_gateway_push_seconds", Help: "From a message's entry until it was handed to the connections of its session.", Buckets: metric.Slow(),
	}))
}
