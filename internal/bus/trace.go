package bus

import (
	"context"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// traceparent is W3C Trace Context: the header that carries a trace over the bus.
var traceparent = propagation.TraceContext{}

// carrier lets OpenTelemetry write into NATS headers. The canonical HTTP spelling of keys is not used: W3C names are lower
// case and NATS keeps the case.
type carrier nats.Header

func (c carrier) Get(key string) string {
	if v := c[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (c carrier) Set(key, value string) { c[key] = []string{value} }

func (c carrier) Keys() []string {
	keys := make([]string, 0, len(c))
	for k := range c {
		keys = append(keys, k)
	}
	return keys
}

// inject writes ctx's trace into the headers, if it has one.
func inject(ctx context.Context, h nats.Header) {
	if trace.SpanContextFromContext(ctx).IsValid() {
		traceparent.Inject(ctx, carrier(h))
	}
}

// extract continues the trace that the headers carry, if they do.
func extract(ctx context.Context, h nats.Header) context.Context {
	if len(h["traceparent"]) == 0 {
		return ctx
	}
	return traceparent.Extract(ctx, carrier(h))
}
