package embedded

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// dial connects to a server in this process; whoever calls it closes the connection before the server.
func dial(t *testing.T, s nats.InProcessConnProvider, options ...nats.Option) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect("", append(options, nats.InProcessServer(s))...)
	if err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func TestDurabilityIsSafeUnlessRelaxedIsSaid(t *testing.T) {
	for d, want := range map[Durability]bool{"": true, Safe: true, Relaxed: false} {
		s, err := Start(Options{Dir: t.TempDir(), Durability: d})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.JetStreamConfig().SyncAlways; got != want {
			t.Errorf("%q syncs always: %v", d, got)
		}
		s.Stop()
	}
	for _, good := range []string{"safe", "relaxed"} {
		if d, err := ParseDurability(good); err != nil || string(d) != good {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "async", "Safe"} {
		if _, err := ParseDurability(bad); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}

func TestServerTakesClientsWhereItIsTold(t *testing.T) {
	s, err := Start(Options{Dir: t.TempDir(), Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	for _, connect := range []func() (*nats.Conn, error){
		func() (*nats.Conn, error) { return nats.Connect(s.ClientURL()) },
		func() (*nats.Conn, error) { return nats.Connect("", nats.InProcessServer(s)) },
	} {
		nc, err := connect()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := nc.RTT(); err != nil {
			t.Error(err)
		}
		nc.Close()
	}
}

func TestWhatKeepsTheServerFromStartingIsSaidAtOnce(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		opts Options
		want string
	}{
		"address in use":     {Options{Dir: t.TempDir(), Addr: taken.Addr().String()}, "in use"},
		"address of nothing": {Options{Dir: t.TempDir(), Addr: "127.0.0.1"}, "missing port"},
		"directory a file":   {Options{Dir: file}, "not a directory"},
	} {
		begun := time.Now()
		s, err := Start(c.opts)
		if err == nil {
			s.Stop()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || time.Since(begun) > 5*time.Second {
			t.Errorf("%s: %v after %s", what, err, time.Since(begun))
		}
	}
}
