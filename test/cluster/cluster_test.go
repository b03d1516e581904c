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

func TestSplitStartsSurvivesAKillAndStops(t *testing.T) {
	ctx := within(t)
	bin, err := Build(ctx)
	if err != nil {
		t.Fatal(err)
	}
	site, err := Split(ctx, bin, t.TempDir(), Settings{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := site.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := Answers(site.URL + "/health")(ctx); err != nil {
		t.Error(err)
	}
	before := site.PID("gateway")
	if err := site.Kill9("gateway"); err != nil {
		t.Fatal(err)
	}
	if err := site.Restart(ctx, "gateway"); err != nil {
		t.Fatal(err)
	}
	if site.PID("gateway") == before {
		t.Error("the same process is back from the dead")
	}
	if err := Answers(site.URL + "/health")(ctx); err != nil {
		t.Errorf("after the restart: %v", err)
	}
	if err := site.Fallen(); err != nil {
		t.Error(err)
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
