package main

import (
	"bytes"
	"context"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/runner"
)

func TestMain(m *testing.M) { bustest.VerifyTestMain(m) }

// output is what a command prints, readable while it runs.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// command runs bellhop with a clean environment and answers its exit code and what it printed.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs output
	code = runWith(t.Context(), args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// background runs bellhop until stop is called, which answers its exit code.
func background(t *testing.T, args ...string) (out, errs *output, stop func() int) {
	t.Helper()
	out, errs = &output{}, &output{}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() { ended <- runWith(ctx, args, strings.NewReader(""), out, errs) }()
	stop = sync.OnceValue(func() int {
		cancel()
		select {
		case code := <-ended:
			return code
		case <-time.After(30 * time.Second):
			t.Errorf("bellhop %v does not stop:\n%s", args, errs)
			return -1
		}
	})
	t.Cleanup(func() { stop() })
	return out, errs, stop
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatal("never happened: " + what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// freeAddr is a loopback address that nobody listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestWrongConfigurationExits2AndSaysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		args []string
		want []string
	}{
		"token without a group": {map[string]string{"TELEGRAM_BOT_TOKEN": "123:abc"}, nil, []string{"Telegram Setup Required", "Missing: chat_id"}},
		"malformed token":       {map[string]string{"TELEGRAM_BOT_TOKEN": "hunter2", "TELEGRAM_CHAT_ID": "-1001230000001"}, nil, []string{"Missing: valid bot_token"}},
		"malformed address":     {nil, []string{"--addr", "nowhere"}, []string{"HTTP_ADDR", "host:port"}},
		"unknown profile":       {map[string]string{"DURABILITY": "async"}, nil, []string{"DURABILITY", "safe"}},
		"plain public address":  {map[string]string{"PUBLIC_URL": "http://chat.example.com"}, nil, []string{"PUBLIC_URL", "https"}},
		"unknown flag":          {nil, []string{"--bogus"}, []string{"unknown flag"}},
	} {
		t.Run(name, func(t *testing.T) {
			for variable, value := range c.env {
				t.Setenv(variable, value)
			}
			code, _, stderr := command(t, append([]string{"up", "--data", t.TempDir()}, c.args...)...)
			if code != runner.ExitConfiguration {
				t.Errorf("exit code %d, want %d", code, runner.ExitConfiguration)
			}
			for _, want := range c.want {
				if !strings.Contains(stderr, want) {
					t.Errorf("%q is not in what was printed:\n%s", want, stderr)
				}
			}
			if strings.Contains(stderr, "hunter2") {
				t.Error("the token was printed")
			}
		})
	}
}

func TestOneProcessOnADirectory(t *testing.T) {
	dir := t.TempDir()
	_, errs, _ := background(t, "up", "--data", dir, "--addr", freeAddr(t))
	eventually(t, "up", func() bool { return strings.Contains(errs.String(), "Bellhop is up") })
	code, _, stderr := command(t, "up", "--data", dir, "--addr", freeAddr(t))
	if code != runner.ExitFailure || !strings.Contains(stderr, "in use") {
		t.Errorf("a second process on the directory: exit code %d\n%s", code, stderr)
	}
	if code, _, stderr := command(t, "rebuild", "--data", dir); code != runner.ExitFailure || !strings.Contains(stderr, "in use") {
		t.Errorf("a rebuild on the directory: exit code %d\n%s", code, stderr)
	}
}

func TestStoppingInOrderIsSuccessAndFreesTheDirectory(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		_, errs, stop := background(t, "up", "--data", dir, "--addr", freeAddr(t))
		eventually(t, "up", func() bool { return strings.Contains(errs.String(), "Bellhop is up") })
		if code := stop(); code != runner.ExitOK {
			t.Errorf("exit code %d\n%s", code, errs)
		}
	}
	if _, err := filepath.Glob(filepath.Join(dir, "bus")); err != nil {
		t.Error(err)
	}
}
