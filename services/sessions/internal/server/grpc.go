package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"

	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/span"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// Endpoint serves the Sessions and Channels services and gRPC's health service on a listener.
type Endpoint struct {
	grpc     *grpc.Server
	health   *health.Server
	listener net.Listener
}

// NewEndpoint makes an endpoint; Serve starts it, for callers that show what credentials say. Metrics and traces are the runtime's, which may
// have neither.
func NewEndpoint(listener net.Listener, callers credentials.TransportCredentials, s *Server, c *Channels, rt runner.Runtime) *Endpoint {
	e := &Endpoint{listener: listener, health: health.NewServer(), grpc: grpc.NewServer(append(span.Server(rt.Traces),
		grpc.Creds(callers),
		grpc.ChainUnaryInterceptor(measure(rt.Metrics), report(s.log), recovered),
		// Clients may keep an idle connection alive, so that they notice a dead server before they need it.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
	)...)}
	sessionsv1.RegisterSessionsServer(e.grpc, s)
	sessionsv1.RegisterChannelsServer(e.grpc, c)
	healthv1.RegisterHealthServer(e.grpc, e.health)
	for _, service := range []string{sessionsv1.Sessions_ServiceDesc.ServiceName, sessionsv1.Channels_ServiceDesc.ServiceName} {
		e.health.SetServingStatus(service, healthv1.HealthCheckResponse_SERVING)
	}
	return e
}

// Serve answers calls until Shutdown.
func (e *Endpoint) Serve() error {
	if err := e.grpc.Serve(e.listener); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return fmt.Errorf("serve gRPC: %w", err)
	}
	return nil
}

// Shutdown says that it stops, takes no new calls, and lets those that run end until ctx does.
func (e *Endpoint) Shutdown(ctx context.Context) error {
	e.health.Shutdown()
	cut := context.AfterFunc(ctx, e.grpc.Stop)
	defer cut()
	e.grpc.GracefulStop()
	return nil
}
