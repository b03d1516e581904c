package span_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/span"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// load reads a configuration as a process does.
func load(t *testing.T, environment map[string]string) (span.Config, error) {
	t.Helper()
	var all struct{ Tracing span.Config }
	err := config.Load(&all, func(name string) (string, bool) { value, ok := environment[name]; return value, ok })
	return all.Tracing, err
}

func TestNothingIsTracedUnlessAVariableSaysWhere(t *testing.T) {
	for name, environment := range map[string]map[string]string{
		"nothing set":     {},
		"switched off":    {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"},
		"no traces":       {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"},
		"only a protocol": {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
	} {
		cfg, err := load(t, environment)
		if err != nil {
			t.Fatal(err)
		}
		p, stop, err := span.Open(t.Context(), cfg, "gateway", "1")
		if p != nil || err != nil || stop() != nil {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
}

func TestWrongVariablesAreNamedAtStart(t *testing.T) {
	for variable, value := range map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4317", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
		"OTEL_TRACES_EXPORTER": "zipkin", "OTEL_SDK_DISABLED": "perhaps",
	} {
		if _, err := load(t, map[string]string{variable: value}); err == nil || !strings.Contains(err.Error(), variable) {
			t.Errorf("%s=%s: %v", variable, value, err)
		}
	}
}

func TestSpansAreSentByOTLPBeforeTheProcessEnds(t *testing.T) {
	var mu sync.Mutex
	got := map[string]string{}
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		got[r.URL.Path] += string(body)
	}))
	defer collector.Close()
	cfg, err := load(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL + "/"})
	if err != nil {
		t.Fatal(err)
	}
	p, stop, err := span.Open(t.Context(), cfg, "gateway", "v7")
	if err != nil {
		t.Fatal(err)
	}
	_, s := span.Enter(t.Context(), span.Tracer(p), "a step", trace.SpanKindServer, attribute.String("bellhop.platform", "telegram"))
	span.End(s, "failed")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, want := range []string{"a step", "gateway", "v7", "telegram", "failed"} {
		if !strings.Contains(got["/v1/traces"], want) {
			t.Errorf("%q was not sent: %q", want, got)
		}
	}
}

func TestBeneathNothingThereIsNoSpan(t *testing.T) {
	for name, ctx := range map[string]context.Context{
		"no trace":    t.Context(),
		"not sampled": trace.ContextWithRemoteSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}})),
	} {
		if beneath, s := span.Beneath(ctx, "step", trace.SpanKindClient); s.IsRecording() || beneath != ctx {
			t.Errorf("%s: a span begins", name)
		}
	}
	if entered, s := span.Enter(t.Context(), span.Tracer(nil), "step", trace.SpanKindServer); s.IsRecording() || entered != t.Context() {
		t.Error("without a provider a span begins")
	}
}

func TestStepsOfATraceAreBeneathEachOtherAndTheLogNamesIt(t *testing.T) {
	kept := tracetest.NewInMemoryExporter()
	p := sdktrace.NewTracerProvider(sdktrace.WithSyncer(kept))
	ctx, outer := span.Enter(t.Context(), span.Tracer(p), "outer", trace.SpanKindServer)
	_, inner := span.Beneath(span.Carry(context.Background(), ctx), "inner", trace.SpanKindClient)
	span.End(inner, "")
	span.End(outer, "")
	spans := kept.GetSpans()
	if len(spans) != 2 || spans[0].Parent.SpanID() != spans[1].SpanContext.SpanID() {
		t.Fatalf("%+v", spans)
	}
	var lines bytes.Buffer
	log := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zapcore.EncoderConfig{}), zapcore.AddSync(&lines), zap.InfoLevel))
	log.Info("", span.Field(ctx))
	log.Info("", span.Field(t.Context()))
	if want := `{"trace_id":"` + spans[0].SpanContext.TraceID().String() + "\"}\n{}\n"; lines.String() != want {
		t.Errorf("logged %s, want %s", lines.String(), want)
	}
	if again := span.Carry(t.Context(), context.Background()); again != t.Context() {
		t.Error("something is carried that is not there")
	}
}
