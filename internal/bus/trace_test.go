package bus_test

import (
	"context"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// traced is a bus whose spans and metrics are kept.
func traced(t *testing.T) (*bus.Bus, *tracetest.InMemoryExporter, *sdktrace.TracerProvider, *prometheus.Registry) {
	t.Helper()
	kept, metrics := tracetest.NewInMemoryExporter(), prometheus.NewRegistry()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(kept))
	b := bustest.Connect(t, bus.Config{InProcess: bustest.Server(t), Traces: provider, Metrics: metrics, Log: bustest.Logger(t)})
	return b, kept, provider, metrics
}

// publishIn publishes an event in a trace of its own.
func publishIn(t *testing.T, b *bus.Bus, p *sdktrace.TracerProvider, ev bus.Event) (uint64, trace.TraceID) {
	t.Helper()
	ctx, s := p.Tracer("test").Start(t.Context(), "asked")
	defer s.End()
	seq, err := b.Publish(ctx, ev)
	if err != nil {
		t.Fatal(err)
	}
	return seq, s.SpanContext().TraceID()
}

func TestHandlerIsInTheTraceOfItsEventAndKnowsThoseOfTheEventsBehindIt(t *testing.T) {
	b, kept, provider, metrics := traced(t)
	first, one := publishIn(t, b, provider, bustest.Message(id.Default, "s", "1"))
	second, two := publishIn(t, b, provider, bustest.Message(id.Default, "s", "2"))
	consumer, err := b.Consumer(t.Context(), bus.ConsumerSpec{Name: "c", Log: bustest.Logger(t)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	err = consumer.Run(ctx, func(handling context.Context, ev bus.Event) error {
		if ev.Seq == second {
			stop()
			return nil
		}
		for links := bus.Links(handling, second, second+100); ; links = bus.Links(handling, second, second+100) {
			if len(links) == 1 && links[0].SpanContext.TraceID() == two {
				return nil
			}
			if ctx.Err() != nil || len(links) > 1 {
				t.Errorf("event %d has the links %v", first, links)
				return nil
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	consumed := map[trace.TraceID]int{}
	for _, s := range kept.GetSpans() {
		if s.Name == "consume message.created" && s.SpanKind == trace.SpanKindConsumer && s.Parent.IsValid() {
			consumed[s.SpanContext.TraceID()]++
		}
	}
	if consumed[one] != 1 || consumed[two] != 1 || len(bus.Links(t.Context(), first)) != 0 {
		t.Errorf("consumed %v", consumed)
	}
	counts(t, metrics, map[string]float64{"bellhop_bus_published_events_total": 2, "bellhop_bus_deliveries_total": 2, "bellhop_bus_publish_seconds": 2, "bellhop_bus_publish_failures_total": 0})
}

func TestEventOutsideOfAnyTraceBeginsNone(t *testing.T) {
	b, kept, _, _ := traced(t)
	if _, err := b.Publish(t.Context(), bustest.Message(id.Default, "s", "1")); err != nil {
		t.Fatal(err)
	}
	consumer, err := b.Consumer(t.Context(), bus.ConsumerSpec{Name: "c", Log: bustest.Logger(t)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	if err := consumer.Run(ctx, func(context.Context, bus.Event) error { stop(); return nil }); err != nil {
		t.Fatal(err)
	}
	if spans := kept.GetSpans(); len(spans) > 0 {
		t.Errorf("there are spans: %+v", spans)
	}
}

func TestScrapeTellsHowTheBusIsAndWhetherItAnswers(t *testing.T) {
	server, registry := bustest.Server(t), prometheus.NewRegistry()
	b := bustest.Connect(t, bus.Config{InProcess: server, Log: bustest.Logger(t)})
	if _, err := b.Consumer(t.Context(), bus.ConsumerSpec{Name: "c", Log: bustest.Logger(t)}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"1", "2"} {
		if _, err := b.Publish(t.Context(), bustest.Message(id.Default, "s", text)); err != nil {
			t.Fatal(err)
		}
	}
	registry.MustRegister(b.Collector("safe"))
	counts(t, registry, map[string]float64{
		"bellhop_bus_up": 1, "bellhop_bus_stored_events": 2, "bellhop_bus_consumer_waiting_events": 2, "bellhop_bus_consumer_unsettled_events": 0,
		"bellhop_bus_replicas": 1, "bellhop_bus_replicas_current": 1, "bellhop_bus_stored_dead_letters": 0, "bellhop_bus_durability_info": 1,
	})
	server.Stop()
	counts(t, registry, map[string]float64{"bellhop_bus_up": 0, "bellhop_bus_durability_info": 1})
}

// counts compares metrics, each the sum of its series.
func counts(t *testing.T, registry *prometheus.Registry, want map[string]float64) {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		got[f.GetName()] = 0
		for _, m := range f.GetMetric() {
			got[f.GetName()] += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	for name, value := range want {
		if v, there := got[name]; !there || v != value {
			t.Errorf("%s is %v (%v), want %v", name, v, there, value)
		}
	}
}
