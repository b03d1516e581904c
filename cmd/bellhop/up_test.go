package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/runner"
)

// call makes a call as a client should: one that is asked to come again comes again.
func call(t *testing.T, method, url, body string, into any) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		status, raw := once(t, method, url, body)
		if status == http.StatusServiceUnavailable && time.Now().Before(deadline) {
			continue // the service itself waits before it says so
		}
		if status != http.StatusOK {
			t.Fatalf("%s %s: %d %s", method, url, status, raw)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
		return
	}
}

func once(t *testing.T, method, url, body string) (status int, raw []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if key := os.Getenv("API_KEY"); key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if raw, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, raw
}

type history struct {
	Messages []struct{ ID, Content, Status string }
}

// start runs `up` and answers its base URL.
func start(t *testing.T, args ...string) (base string, stop func() int) {
	t.Helper()
	addr := freeAddr(t)
	_, errs, stop := background(t, append([]string{"up", "--addr", addr}, args...)...)
	eventually(t, "up", func() bool { return strings.Contains(errs.String(), "Bellhop is up") })
	return "http://" + addr, stop
}

func say(t *testing.T, base string) (sessionID string) {
	t.Helper()
	var opened struct{ SessionID string }
	call(t, "POST", base+"/pocketping/connect", `{"visitorId":"v","sessionId":null}`, &opened)
	var said struct{ MessageID string }
	call(t, "POST", base+"/pocketping/message", `{"sessionId":"`+opened.SessionID+`","content":"hello"}`, &said)
	if said.MessageID == "" {
		t.Fatal("no message id")
	}
	return opened.SessionID
}

func TestHealthNamesWhatIsConnected(t *testing.T) {
	base, _ := start(t, "--data", t.TempDir())
	var health struct {
		Status  string
		Bridges []string
	}
	call(t, "GET", base+"/health", "", &health)
	if health.Status != "ok" || health.Bridges == nil || len(health.Bridges) != 0 {
		t.Errorf("%+v", health)
	}
}

func TestRebuildMakesTheSameHistoryFromTheBusAlone(t *testing.T) {
	dir := t.TempDir()
	base, stop := start(t, "--data", dir)
	sessionID := say(t, base)
	var before, after history
	call(t, "GET", base+"/pocketping/messages?sessionId="+sessionID, "", &before)
	stop()
	for _, file := range []string{"sessions.db", "sessions.db-wal", "sessions.db-shm"} {
		if err := os.RemoveAll(filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, stderr := command(t, "rebuild", "--data", dir); code != runner.ExitOK {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	base, _ = start(t, "--data", dir)
	call(t, "GET", base+"/pocketping/messages?sessionId="+sessionID, "", &after)
	if len(before.Messages) != 1 || len(after.Messages) != 1 || before.Messages[0] != after.Messages[0] {
		t.Errorf("before %+v, after %+v", before, after)
	}
}
