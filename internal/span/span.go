package span

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
)

// scope names whoever makes Bellhop's spans.
const scope = "github.com/bellhop-chat/bellhop"

// Tracer is a provider's for Bellhop; nil for no provider: then nothing is traced.
func Tracer(p trace.TracerProvider) trace.Tracer {
	if p == nil {
		return nil
	}
	return p.Tracer(scope)
}

// Enter begins a span where something comes in that may have no parent. A nil tracer begins none, at no cost.
func Enter(ctx context.Context, t trace.Tracer, name string, kind trace.SpanKind, attributes ...attribute.KeyValue) (context.Context, trace.Span) {
	if t == nil {
		return ctx, trace.SpanFromContext(context.Background())
	}
	return t.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attributes...))
}

// Beneath begins a span below the one that ctx carries. Without one that is recorded it begins none.
func Beneath(ctx context.Context, name string, kind trace.SpanKind, attributes ...attribute.KeyValue) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.SpanContext().IsSampled() {
		return ctx, trace.SpanFromContext(context.Background())
	}
	return Enter(ctx, Tracer(parent.TracerProvider()), name, kind, attributes...)
}

// End ends a span, as failed if why is not empty: a word, never an error's text.
func End(s trace.Span, why string) {
	if why != "" {
		s.SetStatus(codes.Error, why)
	}
	s.End()
}

// Carry is to with the trace of from: for work that outlives whoever asked for it.
func Carry(to, from context.Context) context.Context {
	if s := trace.SpanFromContext(from); s.SpanContext().IsValid() {
		return trace.ContextWithSpan(to, s)
	}
	return to
}

// Field is the trace's id for a line of the log; nothing outside of a trace.
func Field(ctx context.Context) zap.Field {
	if c := trace.SpanContextFromContext(ctx); c.IsValid() {
		return zap.Stringer("trace_id", c.TraceID())
	}
	return zap.Skip()
}
