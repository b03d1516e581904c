package runner

import (
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
)

// Runtime is what a service gets from the process it runs in. It is embedded in each service's Config, and its zero
// value works, silently: see WithDefaults.
type Runtime struct {
	Log     *zap.Logger
	Metrics prometheus.Registerer
	Health  *Health
	// Traces is where spans come from; nil traces nothing.
	Traces trace.TracerProvider
}

// WithDefaults fills what is missing: a log that writes nothing, a registry and a health of its own.
func (rt Runtime) WithDefaults() Runtime {
	if rt.Log == nil {
		rt.Log = zap.NewNop()
	}
	if rt.Metrics == nil {
		rt.Metrics = prometheus.NewRegistry()
	}
	if rt.Health == nil {
		rt.Health = NewHealth()
	}
	return rt
}

// For is the runtime of one service among several in a process: its log is named, and its metrics have the label
// service, so that two services may register the same ones. It is applied once to a runtime, by whoever starts the service.
func (rt Runtime) For(service string) Runtime {
	rt = rt.WithDefaults()
	rt.Log = rt.Log.Named(service)
	rt.Metrics = prometheus.WrapRegistererWith(prometheus.Labels{"service": service}, rt.Metrics)
	return rt
}

// setRuntime reaches through a Config that embeds a Runtime.
func (rt *Runtime) setRuntime(to Runtime) { *rt = to }
