package span

import (
	"context"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	noopmetric "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/stats"
)

// Client traces the calls of a gRPC client that belong to a trace; without a provider none.
func Client(p trace.TracerProvider) []grpc.DialOption {
	if p == nil {
		return nil
	}
	return []grpc.DialOption{grpc.WithStatsHandler(within{
		Handler: otelgrpc.NewClientHandler(options(p)...),
		traced:  func(ctx context.Context) bool { return trace.SpanContextFromContext(ctx).IsValid() },
	})}
}

// Server traces the calls to a gRPC server whose client says to which trace they belong; without a provider none.
func Server(p trace.TracerProvider) []grpc.ServerOption {
	if p == nil {
		return nil
	}
	return []grpc.ServerOption{grpc.StatsHandler(within{
		Handler: otelgrpc.NewServerHandler(options(p)...),
		traced:  func(ctx context.Context) bool { return len(metadata.ValueFromIncomingContext(ctx, "traceparent")) > 0 },
	})}
}

func options(p trace.TracerProvider) []otelgrpc.Option {
	return []otelgrpc.Option{
		otelgrpc.WithTracerProvider(p), otelgrpc.WithPropagators(propagation.TraceContext{}),
		otelgrpc.WithMeterProvider(noopmetric.NewMeterProvider()),
	}
}

// within keeps calls that belong to no trace from being traces of their own: most are questions of background work.
type within struct {
	stats.Handler
	traced func(context.Context) bool
}

// untraced marks the context of a call that is left out.
type untraced struct{}

func (w within) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	if !w.traced(ctx) {
		return context.WithValue(ctx, untraced{}, true)
	}
	return w.Handler.TagRPC(ctx, info)
}

func (w within) HandleRPC(ctx context.Context, s stats.RPCStats) {
	if ctx.Value(untraced{}) == nil {
		w.Handler.HandleRPC(ctx, s)
	}
}
