package bus

import (
	"context"
	"slices"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/bellhop-chat/bellhop/internal/span"
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

// producing begins the span of a publication that belongs to a trace.
func (b *Bus) producing(ctx context.Context, events []Event) (context.Context, trace.Span) {
	if b.tracer == nil || !trace.SpanContextFromContext(ctx).IsSampled() {
		return ctx, trace.SpanFromContext(context.Background())
	}
	kind := string(subjectOf(events))
	return span.Enter(ctx, b.tracer, "publish "+kind, trace.SpanKindProducer,
		attribute.String("messaging.system", "nats"), attribute.String("messaging.operation.name", "publish"),
		attribute.String("bellhop.event", kind), attribute.Int("messaging.batch.message_count", len(events)))
}

// subjectOf is what a publication of several events is about: its message, if it has one, else what comes last.
func subjectOf(events []Event) Type {
	if slices.ContainsFunc(events, func(ev Event) bool { return ev.Type == MessageCreated }) {
		return MessageCreated
	}
	return events[len(events)-1].Type
}

// consuming begins the span of a delivery below that of its publication. An event that was published outside of any trace begins none.
func (b *Bus) consuming(ctx context.Context, h nats.Header, consumer string, kind Type, attempt int) (context.Context, trace.Span) {
	if b.tracer == nil || len(h["traceparent"]) == 0 {
		return ctx, trace.SpanFromContext(context.Background())
	}
	return span.Enter(extract(ctx, h), b.tracer, "consume "+string(kind), trace.SpanKindConsumer,
		attribute.String("messaging.system", "nats"), attribute.String("messaging.operation.name", "process"),
		attribute.String("messaging.consumer.group.name", consumer), attribute.String("bellhop.event", string(kind)),
		attribute.Int("bellhop.attempt", attempt))
}

// batching begins the span of a batch: a trace of its own, with a link to the trace of each event that has one.
func (b *Bus) batching(ctx context.Context, consumer string, batch []delivery) (context.Context, trace.Span) {
	if b.tracer == nil {
		return ctx, trace.SpanFromContext(context.Background())
	}
	var links []trace.Link
	for _, d := range batch {
		if l, ok := link(d.msg.Headers()); ok {
			links = append(links, l)
		}
	}
	if len(links) == 0 {
		return ctx, trace.SpanFromContext(context.Background())
	}
	return b.tracer.Start(ctx, "consume batch", trace.WithSpanKind(trace.SpanKindConsumer), trace.WithNewRoot(), trace.WithLinks(links...),
		trace.WithAttributes(attribute.String("messaging.system", "nats"), attribute.String("messaging.operation.name", "process"),
			attribute.String("messaging.consumer.group.name", consumer), attribute.Int("messaging.batch.message_count", len(batch))))
}

// link leads to the trace that headers carry, if it is recorded.
func link(h nats.Header) (trace.Link, bool) {
	c := trace.SpanContextFromContext(extract(context.Background(), h))
	return trace.Link{SpanContext: c}, c.IsSampled()
}

// company is in a handler's context: the links to what waits behind its event.
type company struct{}

// Links are links to the traces of events by their stream sequences, as far as the consumer that calls this handler has them in hand and
// they are traced: for what is done for several events at once.
func Links(ctx context.Context, seqs ...uint64) (links []trace.Link) {
	if of, ok := ctx.Value(company{}).(func(uint64) (trace.Link, bool)); ok {
		for _, seq := range seqs {
			if l, ok := of(seq); ok {
				links = append(links, l)
			}
		}
	}
	return links
}

// linkTo leads to the trace of an event that is held.
func (l *lanes) linkTo(seq uint64) (trace.Link, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d, held := l.held[seq]
	if !held {
		return trace.Link{}, false
	}
	return link(d.msg.Headers())
}

// Pushing begins the span of handing on a live event, below that of its publication, with what else is to be said of it.
func (l Live) Pushing(ctx context.Context, attributes ...attribute.KeyValue) (context.Context, trace.Span) {
	if l.tracer == nil || len(l.header["traceparent"]) == 0 {
		return ctx, trace.SpanFromContext(context.Background())
	}
	attributes = append(attributes, attribute.String("messaging.system", "nats"), attribute.String("bellhop.event", string(l.Type)))
	return span.Enter(extract(ctx, l.header), l.tracer, "push "+string(l.Type), trace.SpanKindConsumer, attributes...)
}
