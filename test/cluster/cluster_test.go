package cluster

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// within bounds a test that starts processes.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// What `Split` and `Up` start is tested by chaos, which kills all of it.
func TestProcessIsKilledRestartedAndStopped(t *testing.T) {
	ctx, h := within(t), New(t.TempDir())
	spec, _, err := Redis(t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Start(ctx, spec); err != nil {
		t.Fatal(err)
	}
	before := h.PID("redis")
	if err := h.Kill9("redis"); err != nil {
		t.Fatal(err)
	}
	if spec.Ready(ctx) == nil {
		t.Error("it answers after its death")
	}
	if err := h.Restart(ctx, "redis"); err != nil {
		t.Fatal(err)
	}
	if err := spec.Ready(ctx); err != nil || h.PID("redis") == before {
		t.Errorf("after the restart with pid %d: %v", h.PID("redis"), err)
	}
	if err := h.Fallen(); err != nil {
		t.Errorf("a death that was wanted is reported: %v", err)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	if spec.Ready(ctx) == nil {
		t.Error("it answers after the harness was closed")
	}
}

func TestProcessThatDiesAtOnceIsReportedWithItsLog(t *testing.T) {
	h := New(t.TempDir())
	defer func() { _ = h.Close() }() // nothing is left to stop
	err := h.Start(within(t), Spec{
		Name: "mayfly", Path: "/bin/sh", Args: []string{"-c", "echo goodbye; exit 3"}, Ready: Answers("http://127.0.0.1:1/"),
	})
	if err == nil || !strings.Contains(err.Error(), "goodbye") || !strings.Contains(err.Error(), "exit status 3") {
		t.Fatalf("err = %v", err)
	}
	if err := h.Fallen(); err == nil {
		t.Error("nobody has noticed the death")
	}
}

func TestUnknownNameIsAnError(t *testing.T) {
	h := New(t.TempDir())
	defer func() { _ = h.Close() }() // it is empty
	if h.Kill9("nobody") == nil || h.Stop("nobody") == nil || h.Restart(within(t), "nobody") == nil || h.PID("nobody") != 0 {
		t.Error("a process that was never started is treated as one")
	}
}
