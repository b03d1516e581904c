package runner_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bellhop-chat/bellhop/internal/runner"
)

func ok(context.Context) error { return nil }

func fails(text string) func(context.Context) error {
	return func(context.Context) error { return errors.New(text) }
}

// readyz asks as Kubernetes does.
func readyz(t *testing.T, h *runner.Health) (status int, failing map[string]string) {
	t.Helper()
	w := httptest.NewRecorder()
	runner.AdminHandler(prometheus.NewRegistry(), h).ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	var body struct {
		Error, Code, Status string
		Failing             map[string]string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	if ready := w.Code == http.StatusOK; ready != (body.Status == "ready") || ready == (body.Code == "not_ready") {
		t.Errorf("%d with %s", w.Code, w.Body)
	}
	return w.Code, body.Failing
}

func TestReadinessNamesWhatFails(t *testing.T) {
	h := runner.NewHealth()
	if status, failing := readyz(t, h); status != 503 || failing["process"] == "" {
		t.Errorf("nothing is registered yet: got %d %v", status, failing)
	}
	h.Register("bus", ok)
	if status, _ := readyz(t, h); status != 200 {
		t.Errorf("got %d", status)
	}
	first := h.Register("store", fails("no answer from redis"))
	second := h.Register("store", fails("another one"))
	if status, failing := readyz(t, h); status != 503 || len(failing) != 1 || failing["store"] != "no answer from redis\nanother one" {
		t.Errorf("got %d %v", status, failing)
	}
	first()
	first()
	if _, failing := readyz(t, h); failing["store"] != "another one" {
		t.Errorf("got %v", failing)
	}
	second()
	if status, _ := readyz(t, h); status != 200 {
		t.Errorf("got %d", status)
	}
}

func TestDrainingProcessIsNotReadyButAlive(t *testing.T) {
	h := runner.NewHealth()
	h.Register("bus", ok)
	h.SetDraining()
	if status, failing := readyz(t, h); status != 503 || failing["process"] != "shutting down" {
		t.Errorf("got %d %v", status, failing)
	}
	w := httptest.NewRecorder()
	runner.Alive(w, nil)
	if w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != `{"status":"alive"}` {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestExpectedServiceIsMissingUntilItRegisters(t *testing.T) {
	var h runner.Health
	h.Expect("sessions", "gateway")
	h.Register("gateway", ok)
	if status, failing := readyz(t, &h); status != 503 || len(failing) != 1 || failing["sessions"] == "" {
		t.Errorf("got %d %v", status, failing)
	}
	h.Register("sessions", ok)
	if status, _ := readyz(t, &h); status != 200 {
		t.Errorf("got %d", status)
	}
}

func TestChecksRunAtTheSameTime(t *testing.T) {
	h := runner.NewHealth()
	var both sync.WaitGroup
	both.Add(2)
	meet := func(context.Context) error {
		both.Done()
		both.Wait()
		return nil
	}
	h.Register("a", meet)
	h.Register("b", meet)
	if failing := h.Failing(t.Context()); len(failing) != 0 {
		t.Errorf("got %v", failing)
	}
}

func TestCheckThatHangsFailsInTimeAndRunsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := runner.NewHealth()
		var runs atomic.Int32
		release := make(chan struct{})
		h.Register("hangs", func(context.Context) error {
			runs.Add(1)
			<-release // whatever its context says
			return nil
		})
		h.Register("bus", ok)
		var probes sync.WaitGroup
		for range 5 {
			probes.Go(func() {
				began := time.Now()
				failing := h.Failing(t.Context())
				if took := time.Since(began); len(failing) != 1 || failing["hangs"] == nil || took >= time.Second {
					t.Errorf("got %v after %v", failing, took)
				}
			})
		}
		probes.Wait()
		if n := runs.Load(); n != 1 {
			t.Errorf("ran %d times", n)
		}
		close(release)
		synctest.Wait()
		if failing := h.Failing(t.Context()); len(failing) != 0 || runs.Load() != 2 {
			t.Errorf("it is asked again afterwards: got %v", failing)
		}
	})
}

func TestAskerWhoGivesUpDoesNotFailTheNextOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := runner.NewHealth()
		h.Register("slow", func(ctx context.Context) error {
			select {
			case <-time.After(500 * time.Millisecond):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if failing := h.Failing(gone); failing["slow"] == nil {
			t.Error("want an error for the one who left")
		}
		if failing := h.Failing(t.Context()); len(failing) != 0 {
			t.Errorf("got %v", failing)
		}
	})
}
