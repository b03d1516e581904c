package session

import (
	"context"
	"time"

	"google.golang.org/grpc"
)

// askTimeout bounds one question to the sessions service. It outlasts a restart of it: a widget's connect is never repeated.
const askTimeout = 4 * time.Second

// Bounded makes every call on a connection wait for the service to be there, and for its answer, but not for ever.
func Bounded(conn grpc.ClientConnInterface) grpc.ClientConnInterface { return bounded{conn} }

type bounded struct{ grpc.ClientConnInterface }

func (b bounded) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	return b.ClientConnInterface.Invoke(ctx, method, args, reply, append(opts, grpc.WaitForReady(true))...)
}
