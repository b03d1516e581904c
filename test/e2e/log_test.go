package e2e

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// keptLines is how many lines a logbook remembers.
const keptLines = 200

// logbook keeps the newest lines of a stack's log for the test that fails.
type logbook struct {
	mu    sync.Mutex
	lines []string
}

func newLogbook() *logbook { return &logbook{} }

// Write takes one entry.
func (l *logbook) Write(entry []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, strings.TrimSpace(string(entry)))
	if len(l.lines) > 2*keptLines {
		l.lines = slices.Clone(l.lines[keptLines:])
	}
	return len(entry), nil
}

// Sync has nothing to do.
func (l *logbook) Sync() error { return nil }

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines[max(0, len(l.lines)-keptLines):], "\n")
}

func (l *logbook) logger() *zap.Logger {
	keys := zap.NewDevelopmentEncoderConfig()
	return zap.New(zapcore.NewCore(zapcore.NewConsoleEncoder(keys), l, zapcore.InfoLevel))
}

// tellOnFailure shows the log of a failed test.
func (s *stack) tellOnFailure(t testing.TB) {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the services said:\n%s", s.log)
		}
	})
}

// own starts a stack for one test alone.
func own(t *testing.T, o setup) *stack {
	t.Helper()
	s := start(t, o)
	s.tellOnFailure(t)
	return s
}
