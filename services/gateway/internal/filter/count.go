package filter

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bellhop-chat/bellhop/internal/metric"
)

// counted registers a counter, or answers the one of a gateway before this one in the same process. Without a registry it counts for
// nobody.
func counted(metrics prometheus.Registerer, o prometheus.CounterOpts, labels ...string) (*prometheus.CounterVec, error) {
	return metric.Register(metrics, prometheus.NewCounterVec(o, labels))
}
