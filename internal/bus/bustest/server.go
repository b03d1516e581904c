package bustest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
)

// Server starts an embedded server on a fresh directory and stops it with the test.
func Server(t testing.TB) *embedded.Server {
	t.Helper()
	return ServerIn(t, t.TempDir())
}

// ServerIn starts an embedded server on a directory, for tests that start it again.
func ServerIn(t testing.TB, dir string) *embedded.Server {
	t.Helper()
	return serve(t, embedded.Options{Dir: dir, Durability: embedded.Relaxed})
}

// SyncedServer is Server with the disk synced before each acknowledgement.
func SyncedServer(t testing.TB) *embedded.Server {
	t.Helper()
	return serve(t, embedded.Options{Dir: t.TempDir(), Durability: embedded.Safe})
}

func serve(t testing.TB, opts embedded.Options) *embedded.Server {
	t.Helper()
	s, err := embedded.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// Connect connects to a bus and closes the connection with the test.
func Connect(t testing.TB, cfg bus.Config) *bus.Bus {
	t.Helper()
	if cfg.Log == nil {
		cfg.Log = Logger(t)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	b, err := bus.Connect(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// New is a bus on a fresh embedded server.
func New(t testing.TB) *bus.Bus {
	t.Helper()
	return Connect(t, bus.Config{InProcess: Server(t), Name: t.Name()})
}

// Logger writes warnings and worse to the test's log until the test ends: a connection's last callbacks may come later.
func Logger(t testing.TB) *zap.Logger {
	w := &logWriter{t: t}
	t.Cleanup(w.end)
	enc := zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig())
	return zap.New(zapcore.NewCore(enc, zapcore.AddSync(w), zap.WarnLevel))
}

type logWriter struct {
	mu sync.Mutex
	t  testing.TB
}

func (w *logWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.t != nil {
		w.t.Log(strings.TrimSpace(string(line)))
	}
	return len(line), nil
}

func (w *logWriter) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.t = nil
}

// Alone is the site of one embedded server.
type Alone struct{ Server *embedded.Server }

// Connect opens a connection to the server.
func (a Alone) Connect(t testing.TB, cfg bus.Config) *bus.Bus {
	t.Helper()
	cfg.InProcess = a.Server
	return Connect(t, cfg)
}

// Client is a program outside.
func (a Alone) Client(t testing.TB) *nats.Conn {
	t.Helper()
	return client(t, "", nats.InProcessServer(a.Server))
}

func client(t testing.TB, url string, opts ...nats.Option) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect(url, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}
