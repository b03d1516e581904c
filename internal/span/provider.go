package span

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Config says whether traces are sent, and how. It reads what Bellhop itself must know; the rest of OpenTelemetry's variables (headers,
// certificates, sampler, batches, resource attributes) are read by its SDK.
type Config struct {
	// Disabled switches tracing off whatever else is set.
	Disabled bool `env:"OTEL_SDK_DISABLED"`
	// Exporter is otlp or none.
	Exporter string `env:"OTEL_TRACES_EXPORTER" oneof:"otlp,none"`
	// Endpoint of all signals, and that of traces, which wins. One of them switches tracing on.
	Endpoint       string `env:"OTEL_EXPORTER_OTLP_ENDPOINT" expect:"a URL such as http://127.0.0.1:4318"`
	TracesEndpoint string `env:"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" expect:"a URL such as http://127.0.0.1:4318/v1/traces"`
	// Protocol of all signals, and that of traces, which wins.
	Protocol       string `env:"OTEL_EXPORTER_OTLP_PROTOCOL" oneof:"grpc,http/protobuf"`
	TracesProtocol string `env:"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL" oneof:"grpc,http/protobuf"`
	// Service is what the process is called; its own name unless given.
	Service string `env:"OTEL_SERVICE_NAME"`
}

// Validate checks the endpoints.
func (c *Config) Validate() error {
	for variable, value := range map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": c.Endpoint, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": c.TracesEndpoint,
	} {
		at, err := url.Parse(value)
		if value != "" && (err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https") {
			return &config.Error{Variable: variable, Found: strconv.Quote(value), Expected: "a URL such as http://127.0.0.1:4318"}
		}
	}
	return nil
}

// On tells whether anything is traced.
func (c Config) On() bool {
	return !c.Disabled && c.Exporter != "none" && (c.Exporter == "otlp" || c.Endpoint != "" || c.TracesEndpoint != "")
}

// stopTimeout bounds the sending of what is left when a process ends.
const stopTimeout = 3 * time.Second

// Open makes the provider of a process; nil, and a stop that does nothing, where tracing is off. Nothing waits for whoever collects: what
// cannot be sent in time is dropped. Of what is traced, OTEL_TRACES_SAMPLER decides; everything unless given.
func Open(ctx context.Context, c Config, service, version string) (p trace.TracerProvider, stop func() error, err error) {
	if !c.On() {
		return nil, func() error { return nil }, nil
	}
	exporter, err := c.exporter(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("send traces: %w", err)
	}
	if c.Service != "" {
		service = c.Service
	}
	// OTEL_RESOURCE_ATTRIBUTES come last and win.
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", service), attribute.String("service.version", version)),
		resource.WithFromEnv())
	if err != nil {
		return nil, nil, fmt.Errorf("say whose the traces are: %w", err)
	}
	made := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	return made, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		return made.Shutdown(ctx)
	}, nil
}

func (c Config) exporter(ctx context.Context) (sdktrace.SpanExporter, error) {
	protocol := c.TracesProtocol
	if protocol == "" {
		protocol = c.Protocol
	}
	if protocol == "grpc" {
		return otlptracegrpc.New(ctx, c.grpc()...)
	}
	return otlptracehttp.New(ctx, c.http()...)
}

// Both exporters read the endpoint from the environment too; a process that was given another environment, as in tests, means its own.

func (c Config) grpc() (options []otlptracegrpc.Option) {
	if endpoint := c.endpoint(""); endpoint != "" {
		options = append(options, otlptracegrpc.WithEndpointURL(endpoint))
	}
	return options
}

func (c Config) http() (options []otlptracehttp.Option) {
	if endpoint := c.endpoint("/v1/traces"); endpoint != "" {
		options = append(options, otlptracehttp.WithEndpointURL(endpoint))
	}
	return options
}

// endpoint is where traces go: path is what stands behind the endpoint of all signals.
func (c Config) endpoint(path string) string {
	if c.TracesEndpoint != "" || c.Endpoint == "" {
		return c.TracesEndpoint
	}
	return strings.TrimRight(c.Endpoint, "/") + path
}
