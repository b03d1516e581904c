package runner_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/bellhop-chat/bellhop/internal/runner"
)

var errDisk = errors.New("disk full")

// journal is what happened, in order.
type journal struct {
	mu      sync.Mutex
	entries []string
}

func (j *journal) add(entry string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, entry)
}

func (j *journal) all() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.entries)
}

// untilStopped is a part that runs until its turn to stop.
func (j *journal) untilStopped(name string) func(context.Context) error {
	return func(ctx context.Context) error {
		<-ctx.Done()
		j.add(name)
		return ctx.Err()
	}
}

func (j *journal) cleanUp(name string, err error) func(context.Context) error {
	return func(context.Context) error {
		j.add(name)
		return err
	}
}

// server is a runner.Server.
type server struct {
	stop chan struct{}
	j    *journal
}

func (s server) Serve() error { <-s.stop; return nil }

func (s server) Shutdown(context.Context) error {
	s.j.add("server")
	close(s.stop)
	return nil
}

func TestPartsStopOneAfterAnotherInReverseOrder(t *testing.T) {
	parent, end := context.WithCancel(t.Context())
	g, ctx := runner.NewGroup(parent, "service", runner.Runtime{})
	var j journal
	g.Defer("connection", j.cleanUp("connection", nil))
	g.Go("consumer", j.untilStopped("consumer"))
	g.Serve("server", server{make(chan struct{}), &j})
	g.Go("publisher", func(ctx context.Context) error {
		<-ctx.Done()
		// Whoever was added before is still there.
		if got := j.all(); len(got) != 0 {
			t.Errorf("already stopped: %v", got)
		}
		j.add("publisher")
		return nil
	})
	go end()
	if err := g.Wait(nil); err != nil {
		t.Error(err)
	}
	if ctx.Err() == nil {
		t.Error("the context for building is still open")
	}
	if got, want := j.all(), []string{"publisher", "server", "consumer", "connection"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFirstFailureStopsTheOthersAndIsReturned(t *testing.T) {
	core, logs := observer.New(zapcore.WarnLevel)
	g, _ := runner.NewGroup(t.Context(), "service", runner.Runtime{Log: zap.New(core)})
	var j journal
	errFlush := errors.New("flush failed")
	g.Defer("buffer", j.cleanUp("buffer", errFlush))
	g.Go("consumer", j.untilStopped("consumer"))
	g.Go("broken", func(context.Context) error { return errDisk })
	err := g.Wait(nil)
	if !errors.Is(err, errDisk) || errors.Is(err, errFlush) || err.Error() != "broken: disk full" {
		t.Errorf("got %v", err)
	}
	if got, want := j.all(), []string{"consumer", "buffer"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if entries := logs.All(); len(entries) != 1 || entries[0].ContextMap()["error"] != "stop buffer: flush failed" {
		t.Errorf("the other error is logged: got %+v", entries)
	}
}

func TestFailureWhileStoppingIsReturned(t *testing.T) {
	parent, end := context.WithCancel(t.Context())
	end()
	g, _ := runner.NewGroup(parent, "service", runner.Runtime{})
	g.Go("flusher", func(ctx context.Context) error { <-ctx.Done(); return errDisk })
	if err := g.Wait(nil); !errors.Is(err, errDisk) {
		t.Errorf("got %v", err)
	}
}

func TestFailureOfBuildingStopsWhatStands(t *testing.T) {
	g, _ := runner.NewGroup(t.Context(), "service", runner.Runtime{})
	var j journal
	g.Defer("connection", j.cleanUp("connection", nil))
	g.Go("consumer", j.untilStopped("consumer"))
	if err := g.Wait(errDisk); !errors.Is(err, errDisk) {
		t.Errorf("got %v", err)
	}
	if got, want := j.all(), []string{"consumer", "connection"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSignalWhileBuildingIsNotAFailure(t *testing.T) {
	parent, end := context.WithCancel(t.Context())
	g, ctx := runner.NewGroup(parent, "service", runner.Runtime{})
	end()
	if err := g.Wait(ctx.Err()); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestFailureWhileBuildingEndsTheBuilding(t *testing.T) {
	g, ctx := runner.NewGroup(t.Context(), "service", runner.Runtime{})
	g.Go("broken", func(context.Context) error { return errDisk })
	<-ctx.Done()
	if err := g.Wait(ctx.Err()); !errors.Is(err, errDisk) {
		t.Errorf("got %v", err)
	}
}

func TestPartThatIsDoneLeavesTheOthersRunning(t *testing.T) {
	parent, end := context.WithCancel(t.Context())
	g, ctx := runner.NewGroup(parent, "service", runner.Runtime{})
	done := make(chan struct{})
	g.Go("migration", func(context.Context) error { close(done); return nil })
	g.Go("witness", func(context.Context) error {
		<-done
		if ctx.Err() != nil {
			t.Error("the group stops")
		}
		end()
		return nil
	})
	if err := g.Wait(nil); err != nil {
		t.Error(err)
	}
}

func TestCancellationThatNobodyAskedForIsAFailure(t *testing.T) {
	g, _ := runner.NewGroup(t.Context(), "service", runner.Runtime{})
	g.Go("confused", func(context.Context) error { return context.Canceled })
	if err := g.Wait(nil); !errors.Is(err, context.Canceled) {
		t.Errorf("running: got %v", err)
	}
	g, _ = runner.NewGroup(t.Context(), "service", runner.Runtime{})
	if err := g.Wait(context.Canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("building: got %v", err)
	}
}

func TestPartThatDoesNotStopIsLeftBehindAndNamed(t *testing.T) {
	release := make(chan struct{})
	var left sync.WaitGroup
	left.Add(3)
	t.Cleanup(left.Wait)
	t.Cleanup(func() { close(release) })
	hang := func(context.Context) error {
		defer left.Done()
		<-release
		return nil
	}
	adders := map[string]func(*runner.Group){
		"run":      func(g *runner.Group) { g.Go("stuck", hang, runner.StopWithin(time.Millisecond)) },
		"clean-up": func(g *runner.Group) { g.Defer("stuck", hang, runner.StopWithin(time.Millisecond)) },
		"server": func(g *runner.Group) {
			g.Serve("stuck", stuckServer{hang}, runner.StopWithin(time.Millisecond))
		},
	}
	for name, add := range adders {
		t.Run(name, func(t *testing.T) {
			parent, end := context.WithCancel(t.Context())
			end()
			g, _ := runner.NewGroup(parent, "service", runner.Runtime{})
			var j journal
			g.Defer("connection", j.cleanUp("connection", nil))
			add(g)
			err := g.Wait(nil)
			if !errors.Is(err, runner.ErrNotStopped) || !strings.Contains(err.Error(), "stop stuck") {
				t.Errorf("got %v", err)
			}
			if got := j.all(); !slices.Equal(got, []string{"connection"}) {
				t.Errorf("the others are stopped all the same: got %v", got)
			}
		})
	}
}

// stuckServer serves on after its shutdown.
type stuckServer struct{ hang func(context.Context) error }

func (s stuckServer) Serve() error                     { return s.hang(context.Background()) }
func (stuckServer) Shutdown(ctx context.Context) error { return nil }

func TestCleanUpHasADeadline(t *testing.T) {
	parent, end := context.WithCancel(t.Context())
	end()
	g, _ := runner.NewGroup(parent, "service", runner.Runtime{})
	g.Defer("default", func(ctx context.Context) error {
		deadline, ok := ctx.Deadline()
		if left := time.Until(deadline); !ok || ctx.Err() != nil || left < 9*time.Second || left > 10*time.Second {
			t.Errorf("deadline in %v, %v", left, ctx.Err())
		}
		return nil
	})
	g.Defer("own", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, runner.StopWithin(time.Millisecond))
	if err := g.Wait(nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestServiceIsReadyFromWaitUntilItStops(t *testing.T) {
	health := runner.NewHealth()
	state := func() string {
		if err := health.Failing(t.Context())["gateway"]; err != nil {
			return err.Error()
		}
		return "ready"
	}
	parent, end := context.WithCancel(t.Context())
	g, _ := runner.NewGroup(parent, "gateway", runner.Runtime{Health: health})
	if got := state(); got != "starting" {
		t.Errorf("got %q", got)
	}
	g.Defer("connection", func(context.Context) error {
		if got := state(); got != "stopping" {
			t.Errorf("got %q", got)
		}
		return nil
	})
	g.Go("witness", func(ctx context.Context) error {
		defer end()
		for state() != "ready" {
			if ctx.Err() != nil {
				return errors.New("stopped before it was ready")
			}
		}
		return nil
	})
	if err := g.Wait(nil); err != nil {
		t.Error(err)
	}
	if err := health.Failing(t.Context())["gateway"]; err != nil {
		t.Errorf("its check remains: %v", err)
	}
}
