package runner_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/runner"
)

func TestLogIsJSONWithUTCMilliseconds(t *testing.T) {
	local := time.Local
	time.Local = time.FixedZone("elsewhere", 5*60*60)
	t.Cleanup(func() { time.Local = local })
	var out bytes.Buffer
	runner.Logging{}.Logger(&out).Named("gateway").Info("started", zap.String("addr", "x"))
	var entry map[string]string
	if err := json.Unmarshal(out.Bytes(), &entry); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`).MatchString(entry["time"]) {
		t.Errorf("time %q", entry["time"])
	}
	delete(entry, "time")
	want := map[string]string{"level": "info", "logger": "gateway", "msg": "started", "addr": "x"}
	for key, value := range want {
		if entry[key] != value {
			t.Errorf("%s: got %q, want %q", key, entry[key], value)
		}
	}
	if len(entry) != len(want) {
		t.Errorf("got %v", entry)
	}
}

func TestLogFormatAndLevelAreAsConfigured(t *testing.T) {
	// A character device, as a terminal is one.
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	for _, test := range []struct {
		logging runner.Logging
		json    bool
	}{
		{runner.Logging{Format: "auto", Level: "info"}, true},
		{runner.Logging{Format: "json", Level: "info"}, true},
		{runner.Logging{Format: "console", Level: "info"}, false},
	} {
		var out bytes.Buffer
		log := test.logging.Logger(&out)
		log.Debug("hidden")
		log.Info("shown")
		if text := out.String(); strings.HasPrefix(text, "{") != test.json || strings.Count(text, "\n") != 1 || !strings.Contains(text, "shown") {
			t.Errorf("%+v: got %q", test.logging, text)
		}
	}
	for level, enabled := range map[string]int{"debug": 4, "info": 3, "warn": 2, "error": 1} {
		var out bytes.Buffer
		log := runner.Logging{Level: level}.Logger(&out)
		log.Debug("x")
		log.Info("x")
		log.Warn("x")
		log.Error("x")
		if got := strings.Count(out.String(), "\n"); got != enabled {
			t.Errorf("%s writes %d of 4 entries", level, got)
		}
	}
	if !runner.IsTerminal(device) || runner.IsTerminal(&bytes.Buffer{}) {
		t.Error("a device is a terminal, a buffer is not")
	}
}
