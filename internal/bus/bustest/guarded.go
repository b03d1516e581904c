package bustest

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Guarded is a server that takes its users from a file which its configuration includes, and one more, who may do everything: the test.
type Guarded struct {
	// URL names nobody; Everybody is the test's.
	URL, Everybody string

	server *server.Server
	file   string
	log    *violations
}

const (
	testUser   = "test"
	testSecret = "a-password-for-tests"
)

// NewGuarded starts a server with a file of users, until the test's end. Each change is made to its options.
func NewGuarded(t testing.TB, usersFile string, changes ...func(*server.Options)) *Guarded {
	t.Helper()
	g := &Guarded{file: filepath.Join(filepath.Dir(usersFile), "nats-server.conf"), log: &violations{}}
	conf := fmt.Sprintf("listen: \"%s:-1\"\njetstream { store_dir: %q }\ninclude %q\n", loopback, t.TempDir(), filepath.Base(usersFile))
	if err := os.WriteFile(g.file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	opts := g.options(t)
	opts.NoSigs = true
	for _, change := range changes {
		change(opts)
	}
	var err error
	if g.server, err = server.NewServer(opts); err != nil {
		t.Fatal(err)
	}
	g.server.SetLoggerV2(g.log, false, false, false)
	g.server.Start()
	t.Cleanup(func() {
		g.server.Shutdown()
		g.server.WaitForShutdown()
	})
	if !g.server.ReadyForConnections(nodeTimeout) {
		t.Fatal("the server is not ready")
	}
	g.URL = g.server.ClientURL()
	at, err := url.Parse(g.URL)
	if err != nil {
		t.Fatal(err)
	}
	at.User = url.UserPassword(testUser, testSecret)
	g.Everybody = at.String()
	return g
}

// options are what the file says, and the test's own user.
func (g *Guarded) options(t testing.TB) *server.Options {
	t.Helper()
	opts, err := server.ProcessConfigFile(g.file)
	if err != nil {
		t.Fatal(err)
	}
	everybody := &server.User{Username: testUser, Password: testSecret}
	if len(opts.Accounts) > 0 {
		everybody.Account = opts.Accounts[0]
	}
	opts.Users = append(opts.Users, everybody)
	return opts
}

// Reload has the server read the file of users again, as a signal would.
func (g *Guarded) Reload(t testing.TB) {
	t.Helper()
	opts := g.options(t)
	opts.NoSigs, opts.Port = true, g.server.Addr().(*net.TCPAddr).Port
	if err := g.server.ReloadOptions(opts); err != nil {
		t.Fatal(err)
	}
}

// Violations are what users have tried that they may not, as the server tells it.
func (g *Guarded) Violations() []string { return g.log.all() }

// Client is a program outside.
func (g *Guarded) Client(t testing.TB, opts ...nats.Option) *nats.Conn {
	t.Helper()
	return client(t, g.URL, opts...)
}

// violations is a server's log of them.
type violations struct {
	mu    sync.Mutex
	lines []string
}

func (v *violations) note(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if !strings.Contains(line, "Violation") && !strings.Contains(line, "authentication error") {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.lines = append(v.lines, line)
}

func (v *violations) all() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]string(nil), v.lines...)
}

func (v *violations) Noticef(string, ...any)         {}
func (v *violations) Debugf(string, ...any)          {}
func (v *violations) Tracef(string, ...any)          {}
func (v *violations) Fatalf(string, ...any)          {}
func (v *violations) Warnf(format string, a ...any)  { v.note(format, a...) }
func (v *violations) Errorf(format string, a ...any) { v.note(format, a...) }
