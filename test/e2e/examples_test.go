package e2e

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

const examples = "../../examples"

// The programs in examples/ are run as they stand there.
func TestExamplesHearWhatIsSaidAndAnswerThePage(t *testing.T) {
	s := own(t, setup{on: []string{team.Telegram}, backing: addressed})
	url := s.backing.bus.URL
	for name, built := range map[string]func(*testing.T) []string{"Go": goExample, "Node": nodeExample} {
		t.Run(name, func(t *testing.T) {
			command := built(t)
			program := run(t, url, command)
			program.prints("listening")
			vera := s.arrives(t)
			vera.Says("is there a discount?")
			program.prints(vera.SessionID() + " visitor: is there a discount?")
			var data struct{ Percent int }
			if vera.SeesEvent("discount", &data); data.Percent != 10 {
				t.Errorf("the page was told %+v", data)
			}
			program.stops()
			vera.Says("are you still there?")
			program = run(t, url, command)
			program.prints(vera.SessionID() + " visitor: are you still there?")
			program.stops()
			if strings.Contains(program.out.String(), "discount?") {
				t.Errorf("it was told twice:\n%s", &program.out)
			}
		})
	}
}

// addressed is an embedded bus that is open to other programs.
func addressed(t testing.TB) backing {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close()
	dir := t.TempDir()
	server, err := embedded.Start(embedded.Options{Dir: t.TempDir(), Durability: embedded.Relaxed, Addr: addr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return backing{bus: bus.Config{URL: "nats://" + addr}, dir: dir}
}

// The client for Python is not everywhere where tests run.
func TestPythonExampleCompiles(t *testing.T) {
	compile := exec.CommandContext(visitor.Within(t), "python3", "-m", "py_compile", filepath.Join(examples, "python", "main.py"))
	compile.Env = append(os.Environ(), "PYTHONPYCACHEPREFIX="+t.TempDir())
	done(t, compile)
}

func goExample(t *testing.T) []string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "example")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".")
	build.Dir = filepath.Join(examples, "go")
	done(t, build)
	return []string{binary}
}

func nodeExample(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(examples, "node"))); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
		install.Dir = dir
		done(t, install)
	}
	return []string{"node", filepath.Join(dir, "main.mjs")}
}

func done(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}

// program is one that runs beside the test.
type program struct {
	*testing.T
	out  printed
	stop func() error
}

// run starts a program until stops is called or the test ends.
func run(t *testing.T, url string, command []string) *program {
	t.Helper()
	p := &program{T: t}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "NATS_URL="+url)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &p.out, &p.out, stopTimeout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.stop = sync.OnceValue(func() error {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended by itself: Wait says how
		kill := time.AfterFunc(stopTimeout, func() { _ = cmd.Process.Kill() })
		defer kill.Stop()
		return cmd.Wait()
	})
	t.Cleanup(func() { _ = p.stop() })
	return p
}

// stops has it end as somebody does who presses Control-C.
func (p *program) stops() {
	p.Helper()
	if err := p.stop(); err != nil {
		p.Fatalf("it ended with %v\n%s", err, &p.out)
	}
}

// prints waits for a line.
func (p *program) prints(line string) {
	p.Helper()
	ctx := visitor.Within(p)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(p.out.String(), line+"\n") {
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.Fatalf("waited in vain for %q in\n%s", line, &p.out)
		}
	}
}

// printed is what a program has said so far.
type printed struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}
