package filter

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// counted registers a counter, or answers the one of a gateway before this one in the same process. Without a registry it counts for
// nobody.
func counted(metrics prometheus.Registerer, o prometheus.CounterOpts, labels ...string) (*prometheus.CounterVec, error) {
	counter := prometheus.NewCounterVec(o, labels)
	if metrics == nil {
		return counter, nil
	}
	err := metrics.Register(counter)
	if known, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
		if existing, ok := known.ExistingCollector.(*prometheus.CounterVec); ok {
			return existing, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	return counter, nil
}
