package deliver

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/span"
)

// calling begins the span of a call of the platform, in the trace of the event that woke the lane. A post that shows more than that has
// links to the traces of the others.
func (w *work) calling(ctx context.Context, name string) (context.Context, trace.Span) {
	ctx, s := span.Beneath(ctx, w.Platform.Name()+" "+name, trace.SpanKindClient,
		attribute.String("bellhop.platform", w.Platform.Name()), attribute.String("bellhop.call", name), attribute.Int("bellhop.messages", len(w.group)))
	if !s.IsRecording() {
		return ctx, s
	}
	for _, d := range w.group {
		if d.Seq != w.event.Seq {
			for _, l := range bus.Links(ctx, d.Seq) {
				s.AddLink(l)
			}
		}
	}
	w.lane.traced = s.SpanContext()
	return ctx, s
}

// covered leads from the trace of an event that needs nothing any more to the call that has shown what it tells.
func (w *work) covered(ctx context.Context) {
	if s := trace.SpanFromContext(ctx); s.IsRecording() && w.lane.traced.IsValid() && w.lane.traced.TraceID() != s.SpanContext().TraceID() {
		s.AddLink(trace.Link{SpanContext: w.lane.traced})
	}
}

// word is what became of a call; empty for success.
func (f *Failure) word() string {
	if f == nil {
		return ""
	}
	return f.Kind.String()
}
