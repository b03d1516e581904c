package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Spec describes a process.
type Spec struct {
	// Name names its log.
	Name string
	// Path of the binary, its arguments, and variables in addition to a bare environment.
	Path string
	Args []string
	Env  []string
	// Ready answers nil when the process can be used; nil for at once. It is asked until it does.
	Ready func(context.Context) error
}

const (
	// readyTimeout bounds a start; a cluster's election takes seconds.
	readyTimeout = 60 * time.Second
	// stopTimeout is what a process gets to stop in order before it is killed: the services take 20 s at most.
	stopTimeout = 25 * time.Second
)

// process is a running one.
type process struct {
	spec    Spec
	cmd     *exec.Cmd
	log     *os.File
	done    chan struct{} // closed when it has ended
	err     error         // how it ended, after done
	stopped atomic.Bool   // it was meant to end
}

// start runs a process that appends to dir/<name>.log. begin runs the start itself: see births.
func start(begin func(func() error) error, dir string, spec Spec) (*process, error) {
	log, err := os.OpenFile(filepath.Join(dir, spec.Name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	p := &process{spec: spec, log: log, done: make(chan struct{})}
	p.cmd = exec.Command(spec.Path, spec.Args...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, log, log
	p.cmd.Env = append([]string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "LOG_FORMAT=json"}, spec.Env...)
	p.cmd.SysProcAttr = attributes()
	if err := begin(p.cmd.Start); err != nil {
		_ = log.Close()
		return nil, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	go func() {
		defer close(p.done)
		p.err = p.cmd.Wait()
		_ = log.Close()
	}()
	return p, nil
}

// await waits until the process can be used.
func (p *process) await(ctx context.Context) error {
	if p.spec.Ready == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := p.spec.Ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.done:
			return fmt.Errorf("%s ended at once: %w\n%s", p.spec.Name, errors.Join(p.err, err), p.tail())
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w\n%s", p.spec.Name, err, p.tail())
		}
	}
}

// kill9 ends the process as a power cut would, and waits until it is gone.
func (p *process) kill9() {
	p.stopped.Store(true)
	_ = p.cmd.Process.Signal(syscall.SIGKILL) // fails only when it has ended already
	<-p.done
}

// stop asks the process to end, and insists after stopTimeout.
func (p *process) stop() error {
	p.stopped.Store(true)
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		return nil
	case <-time.After(stopTimeout):
		p.kill9()
		return fmt.Errorf("%s did not stop within %s and was killed", p.spec.Name, stopTimeout)
	}
}

// alive tells whether the process runs.
func (p *process) alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// tailLines is how much of a log an error shows.
const tailLines = 30

// tail is the end of the process's log.
func (p *process) tail() string {
	raw, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
