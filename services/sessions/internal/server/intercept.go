package server

import (
	"context"
	"errors"
	"fmt"
	"path"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/span"
)

// errPanic is wrapped by the error that a panic becomes.
var errPanic = errors.New("panic")

// recovered turns a panic into an error: one call fails, not the process with all the others.
func recovered(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (answer any, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: %v\n%s", errPanic, cause, debug.Stack())
		}
	}()
	return handle(ctx, req)
}

// report turns errors into statuses, and logs those that are no fault of the caller.
func report(logger *zap.Logger) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
		answer, err := handle(ctx, req)
		if err == nil {
			return answer, nil
		}
		if _, already := status.FromError(err); already {
			return nil, err
		}
		outcome := statusOf(err)
		switch outcome.Code() {
		case codes.Internal:
			logger.Error("call failed", zap.String("method", path.Base(info.FullMethod)), zap.Error(err), span.Field(ctx))
		case codes.Unavailable:
			logger.Warn("call failed", zap.String("method", path.Base(info.FullMethod)), zap.Error(err), span.Field(ctx))
		}
		return nil, outcome.Err()
	}
}

// buckets reach from a local read, 0.1 ms, to the patience of a read that waits for the projection, 2 s.
var buckets = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 5}

// measure counts calls by method and code, and their duration by method.
func measure(registerer prometheus.Registerer) grpc.UnaryServerInterceptor {
	calls := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "bellhop_grpc_requests_total", Help: "Calls answered.",
	}, []string{"method", "code"})
	duration := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "bellhop_grpc_request_seconds", Help: "Time until the answer.", Buckets: buckets,
	}, []string{"method"})
	if registerer != nil {
		registerer.MustRegister(calls, duration)
	}
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
		begun, method := time.Now(), path.Base(info.FullMethod)
		answer, err := handle(ctx, req)
		duration.WithLabelValues(method).Observe(time.Since(begun).Seconds())
		calls.WithLabelValues(method, status.Code(err).String()).Inc()
		return answer, err
	}
}
