package server

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/projection"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// fieldError says what is wrong with one field of a request.
type fieldError struct {
	field string
	err   error
}

func (e *fieldError) Error() string { return e.field + ": " + e.err.Error() }
func (e *fieldError) Unwrap() error { return e.err }

func invalid(field, format string, args ...any) error {
	return &fieldError{field: field, err: fmt.Errorf(format, args...)}
}

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

// statusOf is the one place where an error becomes a gRPC status. What a caller cannot mend says nothing of the inside: the
// log does.
func statusOf(err error) *status.Status {
	var field *fieldError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &field):
		return status.New(codes.InvalidArgument, field.Error())
	case isNotFound(err):
		return status.New(codes.NotFound, "no such session, visit or message")
	case errors.Is(err, occupancy.ErrNoLease):
		return status.New(codes.FailedPrecondition, "renew first")
	case errors.Is(err, occupancy.ErrLate):
		return status.New(codes.Aborted, "a later report was taken")
	case errors.Is(err, projection.ErrBehind):
		return status.New(codes.Unavailable, "the projection has not caught up in time, try again")
	case errors.Is(err, bus.ErrUnavailable):
		return status.New(codes.Unavailable, "the bus does not answer, try again")
	case errors.Is(err, errPanic):
		return status.New(codes.Internal, "internal error")
	case errors.Is(err, context.Canceled):
		return status.New(codes.Canceled, "the caller has gone")
	default:
		return status.New(codes.Unavailable, "the store does not answer, try again")
	}
}
