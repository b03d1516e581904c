package pusher

import (
	"bufio"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// prepare makes a copy of the programs, with the packages that they need: those that are installed here, else it installs them there.
func prepare(ctx context.Context, dir string) error {
	if err := os.CopyFS(dir, programs); err != nil {
		return err
	}
	if here, err := filepath.Abs("node_modules"); err == nil && exists(here) {
		return os.Symlink(here, filepath.Join(dir, "node_modules"))
	}
	npm := exec.CommandContext(ctx, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", npm, err, out)
	}
	return nil
}

//go:embed *.json *.mjs *.html theme
var programs embed.FS

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// line is what a program prints: what it says, or what came of a point.
type line struct {
	Says         string
	Theme, Point string
	MS           int
	Error        string
}

// program is one in Node that runs beside the test.
type program struct {
	t       *testing.T
	lines   *json.Decoder
	stdin   io.WriteCloser
	errors  journal
	waiting func() error
}

// life bounds a program. It ends by itself long before.
const life = 2 * time.Minute

// node runs a program until it ends, or the test.
func node(t *testing.T, dir string, env []string, script string, args ...string) *program {
	t.Helper()
	p := &program{t: t}
	cmd := exec.Command("node", append([]string{filepath.Join(dir, script)}, args...)...)
	cmd.Env, cmd.Stderr, cmd.WaitDelay = append(os.Environ(), env...), &p.errors, stopTimeout
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if p.stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.lines = json.NewDecoder(bufio.NewReader(out))
	kill := time.AfterFunc(life, func() { _ = cmd.Process.Kill() })
	p.waiting = sync.OnceValue(func() error {
		defer kill.Stop()
		_ = p.stdin.Close() // it may be gone
		return cmd.Wait()
	})
	t.Cleanup(p.ends)
	return p
}

// ends closes the program's input, and waits until it has ended.
func (p *program) ends() {
	p.t.Helper()
	if err := p.waiting(); err != nil {
		p.t.Errorf("the program ended with %v\n%s", err, &p.errors)
	}
}

// next is the next line; false at the end.
func (p *program) next() (l line, more bool) {
	p.t.Helper()
	switch err := p.lines.Decode(&l); err {
	case nil:
		return l, true
	case io.EOF:
		return l, false
	default:
		p.t.Fatalf("read what the program prints: %v\n%s", err, &p.errors)
		return l, false
	}
}

// says is the next thing that the program says.
func (p *program) says() string {
	p.t.Helper()
	l, more := p.next()
	if !more || l.Says == "" {
		p.t.Fatalf("it says nothing, but %+v\n%s", l, &p.errors)
	}
	return l.Says
}

// results are what came of all points.
func (p *program) results() (all []line) {
	p.t.Helper()
	for l, more := p.next(); more; l, more = p.next() {
		all = append(all, l)
	}
	return all
}
