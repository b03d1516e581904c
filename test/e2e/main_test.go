package e2e

import (
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/browser"
	"github.com/bellhop-chat/bellhop/test/team"
)

// beside is how many tests run at once. Most of what they do is to wait; with more of them, two cores are late enough for Slack to give a
// request up and come back a minute later.
const beside = "4"

// TestMain closes the shared stacks before it looks for goroutines that somebody has left behind.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", beside); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(closing{m})
}

type closing struct{ m *testing.M }

func (c closing) Run() int {
	code := c.m.Run()
	browser.Close()
	for _, s := range shared {
		if s.keeper.end(); s.keeper.failed {
			code = 1
		}
	}
	return code
}

// shared are the stacks that tests use one after another, each started by the first that wants it.
var shared = []*sharedStack{
	{name: "in one process, without a public address", setup: setup{private: true}},
	{name: "in one process, at a public address"},
	{name: "a cluster and Redis, at a public address", setup: setup{backing: clustered}},
}

type sharedStack struct {
	name   string
	setup  setup
	once   sync.Once
	stack  *stack
	keeper keeper
}

func (s *sharedStack) get(t *testing.T) *stack {
	t.Helper()
	s.once.Do(func() { s.stack = start(&s.keeper, s.setup) })
	if s.stack == nil {
		t.Fatalf("the stack %q did not start", s.name)
	}
	s.stack.tellOnFailure(t)
	return s.stack
}

// kinds runs a scenario on each kind of installation; the one that is left out has nothing that the others have not.
func kinds(t *testing.T, scenario func(*testing.T, *stack)) {
	t.Helper()
	for _, kind := range shared {
		if kind != shared[1] {
			t.Run(kind.name, func(t *testing.T) { scenario(t, kind.get(t)) })
		}
	}
}

// everywhere runs a scenario on each kind of installation, for a team on each platform, all at once. On the second kind, where all of
// it is the same for a platform, one of them stands for the others: another one for another test.
func everywhere(t *testing.T, scenario func(*testing.T, *stack, team.Desk)) {
	t.Helper()
	kinds(t, func(t *testing.T, s *stack) {
		platforms := s.all
		if s.backing.redis != "" {
			hash := fnv.New32a()
			_, _ = hash.Write([]byte(t.Name())) // it takes anything
			n := int(hash.Sum32() % uint32(len(s.all)))
			platforms = s.all[n : n+1]
		}
		for _, p := range platforms {
			t.Run(p.Name(), func(t *testing.T) {
				t.Parallel()
				scenario(t, s, team.At(t, p))
			})
		}
	})
}

// onEach runs a scenario for a team on each platform that can do all of it, all at once.
func onEach(t *testing.T, scenario func(*testing.T, *stack, team.Desk), needs ...team.Skill) {
	t.Helper()
	s := usual(t)
	for _, p := range s.all {
		if slices.ContainsFunc(needs, func(skill team.Skill) bool { return !p.Can(skill) }) {
			continue
		}
		t.Run(p.Name(), func(t *testing.T) {
			t.Parallel()
			scenario(t, s, team.At(t, p))
		})
	}
}

// usual is the stack for what does not depend on the kind of installation.
func usual(t *testing.T) *stack {
	t.Helper()
	return shared[1].get(t)
}

// keeper stands in for a test where something outlives it. It has what starting a stack needs.
type keeper struct {
	testing.TB
	mu     sync.Mutex
	todo   []func()
	failed bool
}

// Helper marks nothing: what fails here panics with its own trace.
func (k *keeper) Helper()                  {}
func (k *keeper) Name() string             { return "shared" }
func (k *keeper) Context() context.Context { return context.Background() }

func (k *keeper) Cleanup(f func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.todo = append(k.todo, f)
}

func (k *keeper) end() {
	for len(k.todo) > 0 {
		last := len(k.todo) - 1
		f := k.todo[last]
		k.todo = k.todo[:last]
		f()
	}
}

func (k *keeper) TempDir() string {
	dir, err := os.MkdirTemp("", "bellhop-e2e-")
	if err != nil {
		k.Fatal(err)
	}
	k.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (k *keeper) Errorf(format string, args ...any) {
	k.failed = true
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}

func (k *keeper) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

func (k *keeper) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
