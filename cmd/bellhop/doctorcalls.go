package main

import (
	"context"
	"time"

	"google.golang.org/grpc"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/bellhop-chat/bellhop/internal/check"
)

// callTimeout bounds the one call that is tried.
const callTimeout = 5 * time.Second

// examineAccess says whether the bus's servers know who is who.
func (c doctorConfig) examineAccess(r *check.Report) {
	if c.Access.Credentials == "" {
		r.Warn("rights", "the servers ask nobody who he is", "bellhop nats-auth, and NATS_CREDENTIALS for each service")
		return
	}
	r.OK("rights", "shown by "+c.Access.Credentials)
}

// examineCalls says how the services call each other, and tries it where the sessions service has an address.
func (c doctorConfig) examineCalls(ctx context.Context) []check.Finding {
	if c.NATSURL == "" {
		return nil // all in one process
	}
	r := check.NewReport("calls")
	if c.TLS.On() {
		r.OK("gRPC", "encrypted, and each side shows a certificate of the authority in "+c.TLS.CA)
	} else {
		r.Warn("gRPC", "neither encrypted nor authenticated: for one machine or a private network only", "GRPC_TLS_CERT, GRPC_TLS_KEY and GRPC_TLS_CA")
	}
	if c.SessionsAddr == "" {
		return r.Findings()
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := c.call(ctx); err != nil {
		r.Fail("sessions", err.Error(), "does it run? does it have certificates of the same authority, for the host in SESSIONS_ADDR?")
	} else {
		r.OK("sessions", "answers at "+c.SessionsAddr)
	}
	return r.Findings()
}

func (c doctorConfig) call(ctx context.Context) error {
	conn, err := grpc.NewClient(c.SessionsAddr, grpc.WithTransportCredentials(c.TLS.Credentials()))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_, err = healthv1.NewHealthClient(conn).Check(ctx, &healthv1.HealthCheckRequest{})
	return err
}
