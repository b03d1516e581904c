package eyes

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// top runs `bellhop top` once.
func (w *world) top(more ...string) (stdout, stderr string, code int) {
	w.t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(w.t.Context(), w.program, append([]string{"top", "--once", "--interval", "1s"}, more...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = []string{"ADMIN_ADDR=" + w.admin}, &out, &errs
	_ = cmd.Run() // its code tells
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func TestTopShowsWhatARunningInstallationDoes(t *testing.T) {
	w := start(t)
	w.talks("Vera")
	var view struct {
		Processes, Ready, AcceptedTotal, Sockets float64
		Durability                               string
		BusUp                                    bool
		Stages                                   []struct {
			Name     string
			P50, P99 float64
			Count    float64
		}
		Platforms []struct {
			Platform       string
			DeliveredTotal float64
			CircuitOpen    bool
			Held           bool
		}
		Webhooks []struct {
			Destination     string
			WaitingSessions float64
		}
		Consumers []struct{ Consumer string }
	}
	w.eventually("the webhook's events to wait", func() bool {
		stdout, stderr, code := w.top("--json")
		if code != 0 {
			t.Fatalf("exit code %d\n%s", code, stderr)
		}
		view.Platforms, view.Stages, view.Webhooks, view.Consumers = nil, nil, nil, nil
		if err := json.Unmarshal([]byte(stdout), &view); err != nil {
			t.Fatalf("%v\n%s", err, stdout)
		}
		return len(view.Webhooks) == 1 && view.Webhooks[0].WaitingSessions > 0
	})
	if view.Processes != 1 || view.Ready != 1 || !view.BusUp || view.Durability != "safe" || view.AcceptedTotal != 1 || view.Sockets != 1 {
		t.Errorf("%+v", view)
	}
	for _, s := range view.Stages {
		if s.Count == 0 || s.P50 <= 0 || s.P99 < s.P50 {
			t.Errorf("the stage %+v", s)
		}
	}
	if len(view.Stages) != 6 || len(view.Platforms) != 3 {
		t.Errorf("%d stages, %d platforms", len(view.Stages), len(view.Platforms))
	}
	for _, p := range view.Platforms {
		if p.DeliveredTotal < 3 || p.CircuitOpen || !p.Held { // the question, and the answers from two others
			t.Errorf("%+v", p)
		}
	}
	stdout, stderr, code := w.top()
	for _, want := range []string{"accepted", "dead letters 0", "telegram", "discord", "slack", "sessions", "notifier-telegram", "processes ready 1 of 1", "bus up"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not shown (exit code %d, %s):\n%s", want, code, stderr, stdout)
		}
	}
	if strings.Contains(stdout, "\x1b") {
		t.Error("what is no terminal gets colours")
	}
	t.Logf("bellhop top --once:\n%s", stdout)
}

func TestTopSaysThatNobodyAnswers(t *testing.T) {
	w := start(t)
	if _, stderr, code := w.top("--metrics", "127.0.0.1:1"); code != 1 || !strings.Contains(stderr, "127.0.0.1:1") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	if stdout, _, code := w.top("--metrics", w.admin, "--metrics", "127.0.0.1:1"); code != 0 || !strings.Contains(stdout, "127.0.0.1:1/metrics") {
		t.Errorf("of two addresses one answers: exit code %d\n%s", code, stdout)
	}
}
