package httpserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

const (
	// readHeaderTimeout bounds how long a client may take to say what it wants (slow loris).
	readHeaderTimeout = 5 * time.Second
	// idleTimeout keeps a connection for the next request; it is longer than the 60 s of common load balancers,
	// so that it is they who close first and no request meets a closed connection.
	idleTimeout = 120 * time.Second
	// maxHeaderBytes is four times what browsers send with large cookies.
	maxHeaderBytes = 32 << 10
)

// Front is one listener with the handlers that are mounted on it. All methods may be called at any time from any goroutine.
type Front struct {
	routes   routes
	listener net.Listener
	server   *http.Server
}

// Listen binds addr ("host:port", port 0 for a free one). Connections wait until Serve is called.
func Listen(addr string, log *zap.Logger) (*Front, error) {
	errorLog, err := zap.NewStdLogAt(log, zapcore.WarnLevel)
	if err != nil {
		return nil, fmt.Errorf("log of the HTTP server: %w", err)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("serve HTTP: %w", err)
	}
	f := &Front{listener: listener}
	f.routes.init()
	f.server = &http.Server{
		Handler:           &f.routes,
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          errorLog,
	}
	return f, nil
}

// Addr is the address that was bound.
func (f *Front) Addr() net.Addr { return f.listener.Addr() }

// Handle mounts h on a pattern of http.ServeMux, to be served from the next request on. It returns an error for a bad
// pattern and for one that conflicts with another. What matches no pattern is answered 404, or 405 where another method
// would match, both as JSON; who mounts "/" takes that over.
func (f *Front) Handle(pattern string, h http.Handler) error {
	return f.routes.add(route{pattern: pattern, handler: h})
}

// Serve accepts connections until Shutdown, and then returns nil at once, while requests may still be running.
func (f *Front) Serve() error {
	if err := f.server.Serve(f.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	return nil
}

// Shutdown stops accepting and waits until the last request has been answered. When ctx ends first, it cuts the remaining
// connections and returns an error. Hijacked connections (WebSockets) are their owner's.
func (f *Front) Shutdown(ctx context.Context) error {
	// The server knows the listener only if it has served.
	defer f.listener.Close()
	if err := f.server.Shutdown(ctx); err != nil {
		f.server.Close()
		return fmt.Errorf("drain HTTP: %w", err)
	}
	return nil
}
