package runner_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/internal/runner"
)

// helperVariable makes the test binary play a service instead of running the tests: the only way to see signals and exit codes.
const helperVariable = "RUNNER_TEST_HELPER"

func TestMain(m *testing.M) {
	if name := os.Getenv(helperVariable); name != "" {
		helpers[name]()
	}
	goleak.VerifyTestMain(m)
}

// helpers are mains; each ends in os.Exit.
var helpers = map[string]func(){
	"service": func() { runner.Service("gateway", orderly) },
	"stuck": func() {
		runner.Main("gateway", func(ctx context.Context, _ runner.Runtime) error {
			fmt.Println("up")
			<-ctx.Done()
			fmt.Println("asked once")
			select {}
		})
	},
	"fails": func() {
		runner.Main("gateway", func(ctx context.Context, rt runner.Runtime) error {
			g, _ := runner.NewGroup(ctx, "gateway", rt)
			g.Defer("connection", say("connection closed"))
			g.Go("consumer", func(context.Context) error { return errDisk })
			return g.Wait(nil)
		})
	},
	"misconfigured": func() {
		runner.Main("gateway", func(context.Context, runner.Runtime) error { return guide() })
	},
}

func say(line string) func(context.Context) error {
	return func(context.Context) error {
		fmt.Println(line)
		return nil
	}
}

func orderly(ctx context.Context, cfg serviceConfig) error {
	g, _ := runner.NewGroup(ctx, "gateway", cfg.Runtime)
	g.Defer("connection", say("connection closed"))
	g.Go("consumer", func(ctx context.Context) error {
		<-ctx.Done()
		return say("consumer ended")(ctx)
	})
	g.Defer("server", func(ctx context.Context) error {
		fmt.Println("draining:", cfg.Health.Failing(ctx)["process"])
		return nil
	})
	fmt.Println("up")
	return g.Wait(nil)
}

// child is a helper that runs.
type child struct {
	cmd    *exec.Cmd
	stdout *bufio.Reader
	stderr bytes.Buffer
}

func start(t *testing.T, helper string, variables ...string) *child {
	t.Helper()
	c := &child{cmd: exec.CommandContext(t.Context(), os.Args[0])}
	// The race detector would hold up each exit for a second.
	c.cmd.Env = append(os.Environ(), append(variables, helperVariable+"="+helper, "GORACE=atexit_sleep_ms=0")...)
	c.cmd.Stderr = &c.stderr
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.stdout = bufio.NewReader(stdout)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// says waits for the next line.
func (c *child) says(t *testing.T, want string) {
	t.Helper()
	if line, err := c.stdout.ReadString('\n'); strings.TrimSpace(line) != want {
		t.Fatalf("got %q, %v, want %q\n%s", line, err, want, c.stderr.String())
	}
}

func (c *child) signal(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := c.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// end returns the remaining lines and the exit code.
func (c *child) end(t *testing.T) (lines []string, code int) {
	t.Helper()
	rest, err := io.ReadAll(c.stdout)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.cmd.Wait() // says no more than the exit code
	return strings.Split(strings.TrimSpace(string(rest)), "\n"), c.cmd.ProcessState.ExitCode()
}

func TestSignalStopsTheServiceInOrderAndExits0(t *testing.T) {
	for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(sig.String(), func(t *testing.T) {
			c := start(t, "service", "TOKEN=t0ken")
			c.says(t, "up")
			c.signal(t, sig)
			lines, code := c.end(t)
			want := []string{"draining: shutting down", "consumer ended", "connection closed"}
			if code != runner.ExitOK || !slices.Equal(lines, want) {
				t.Errorf("exit code %d, got %q\n%s", code, lines, c.stderr.String())
			}
			if strings.Contains(c.stderr.String(), "t0ken") {
				t.Error("the secret is in the log")
			}
		})
	}
}

func TestSecondSignalExitsAtOnce(t *testing.T) {
	c := start(t, "stuck")
	c.says(t, "up")
	c.signal(t, syscall.SIGTERM)
	c.says(t, "asked once")
	c.signal(t, syscall.SIGTERM)
	if _, code := c.end(t); code != runner.ExitFailure || !strings.Contains(c.stderr.String(), "exiting at once") {
		t.Errorf("exit code %d\n%s", code, c.stderr.String())
	}
}

func TestFailureExits1AfterCleanUp(t *testing.T) {
	c := start(t, "fails")
	lines, code := c.end(t)
	if code != runner.ExitFailure || !slices.Equal(lines, []string{"connection closed"}) {
		t.Errorf("exit code %d, got %q", code, lines)
	}
	if text := c.stderr.String(); strings.Count(text, "consumer: disk full") != 1 || strings.Contains(text, ".go:") {
		t.Errorf("want the error once, without a stack, in\n%s", text)
	}
}

func TestWrongConfigurationExits2WithItsGuide(t *testing.T) {
	c := start(t, "misconfigured")
	if _, code := c.end(t); code != runner.ExitConfiguration || !strings.Contains(c.stderr.String(), "│  1. Ask @BotFather") {
		t.Errorf("exit code %d\n%s", code, c.stderr.String())
	}
	c = start(t, "service", "TOKEN=")
	if _, code := c.end(t); code != runner.ExitConfiguration || !strings.Contains(c.stderr.String(), "│  TOKEN\n") {
		t.Errorf("exit code %d\n%s", code, c.stderr.String())
	}
}
