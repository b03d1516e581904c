package upstream

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/span"
)

// maxAnswer is the largest answer of the sessions service, in bytes: a page of a hundred messages with all that may be in them.
const maxAnswer = 16 << 20

var errNoConnection = errors.New("no connection to the sessions service")

// Open connects to the bus, waiting for it if need be, and to the sessions service, which may come later. Both are closed
// with the group, and the process is ready only while both can be reached.
func Open(ctx context.Context, g *runner.Group, rt runner.Runtime, service string, cfg Config) (*bus.Bus, grpc.ClientConnInterface, error) {
	conn, err := dial(g, rt, cfg)
	if err != nil {
		return nil, nil, err
	}
	cfg.Bus = cfg.Access.To(cfg.Bus, service)
	cfg.Bus.Name, cfg.Bus.Tenant = service, true
	if cfg.Bus.URL == "" {
		cfg.Bus.URL = cfg.NATSURL
	}
	if cfg.Bus.Retention == 0 {
		cfg.Bus.Retention = cfg.Retention
	}
	if cfg.Bus.Log == nil {
		cfg.Bus.Log = rt.Log
	}
	cfg.Bus.Metrics, cfg.Bus.Traces = rt.Metrics, rt.Traces
	b, err := bus.Connect(ctx, cfg.Bus)
	if err != nil {
		return nil, nil, fmt.Errorf("connect to the bus: %w", err)
	}
	g.Defer("bus", func(context.Context) error { b.Close(); return nil })
	if cfg.Bus.InProcess == nil {
		if err := cfg.Storage.Enforce(ctx, b, rt.Log); err != nil {
			return nil, nil, err
		}
	}
	ready(g, rt, "bus", b.Ping)
	return b, conn, nil
}

func dial(g *runner.Group, rt runner.Runtime, cfg Config) (grpc.ClientConnInterface, error) {
	if cfg.Sessions != nil {
		return cfg.Sessions, nil
	}
	conn, err := grpc.NewClient(cfg.SessionsAddr, append(span.Client(rt.Traces), grpc.WithTransportCredentials(cfg.TLS.Credentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswer)))...)
	if err != nil {
		return nil, fmt.Errorf("connect to sessions: %w", err)
	}
	g.Defer("sessions connection", func(context.Context) error { return conn.Close() })
	conn.Connect()
	ready(g, rt, "sessions", func(context.Context) error {
		if state := conn.GetState(); state == connectivity.TransientFailure || state == connectivity.Shutdown {
			return errNoConnection
		}
		return nil
	})
	return conn, nil
}

// ready adds a readiness check for as long as the group lives.
func ready(g *runner.Group, rt runner.Runtime, name string, check func(context.Context) error) {
	unregister := rt.Health.Register(name, check)
	g.Defer(name+" readiness", func(context.Context) error { unregister(); return nil })
}
