package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Binaries are where the programs are.
type Binaries struct{ dir string }

// Installed are the programs beside this one: what `make build` has put into bin/.
func Installed() (Binaries, error) {
	self, err := os.Executable()
	if err != nil {
		return Binaries{}, fmt.Errorf("find the programs: %w", err)
	}
	return Binaries{filepath.Dir(self)}, nil
}

// sources says from which module and package each of our programs is built.
var sources = map[string][2]string{
	"bellhop":  {"cmd/bellhop", "."},
	"gateway":  {"services/gateway", "./cmd/gateway"},
	"sessions": {"services/sessions", "./cmd/sessions"},
	"notifier": {"services/notifier", "./cmd/notifier"},
	"inbound":  {"services/inbound", "./cmd/inbound"},
	"sim":      {"test", "./cmd/sim"},
}

// Build builds programs into the repository's bin/, so that a test never runs yesterday's; unchanged ones cost a moment. With
// no names it builds all of them. nats-server is built when it is not there.
func Build(ctx context.Context, names ...string) (Binaries, error) {
	root, err := root()
	if err != nil {
		return Binaries{}, err
	}
	b := Binaries{filepath.Join(root, "bin")}
	if len(names) == 0 {
		names = []string{"bellhop", "gateway", "sessions", "notifier", "inbound", "nats-server"}
	}
	for _, name := range names {
		if err := b.build(ctx, root, name); err != nil {
			return b, err
		}
	}
	return b, nil
}

func (b Binaries) build(ctx context.Context, root, name string) error {
	build := exec.CommandContext(ctx, "go", "build", "-o", b.Path(name))
	if source, ours := sources[name]; ours {
		build.Dir = filepath.Join(root, source[0])
		build.Args = append(build.Args, source[1])
	} else {
		if _, err := os.Stat(b.Path(name)); err == nil {
			return nil
		}
		build.Dir = filepath.Join(root, "tools")
		build.Env = append(os.Environ(), "GOWORK=off")
		build.Args = append(build.Args, "github.com/nats-io/nats-server/v2")
	}
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", name, err, out)
	}
	return nil
}

// Path of a program.
func (b Binaries) Path(name string) string { return filepath.Join(b.dir, name) }

// root is the repository: the folder above this one that holds the pinned tools.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the repository: %w", err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "tools", "go.mod")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("find the repository: not inside of it")
}
