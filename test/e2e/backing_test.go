package e2e

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/auth"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/test/cluster"
)

// backing is what the services live on: a bus and a store.
type backing struct {
	bus   bus.Config
	redis string // empty for a file in dir
	dir   string
	// users have rights of their own; nil where nobody asks who is who.
	users     *auth.Directory
	everybody string // the URL of who may do everything there
	// disks are the directories in which all of it is kept.
	disks []string
	// nats is the embedded server, nil on a cluster.
	nats *switchable
}

// as is the way to the bus of one of its users.
func (b backing) as(user string) bus.Config {
	cfg := b.bus
	if b.users != nil {
		cfg.Credentials = b.users.SeedFile(user)
	}
	return cfg
}

// embeddedBacking is what `bellhop up` has.
func embeddedBacking(t testing.TB) backing {
	t.Helper()
	server := &switchable{dir: t.TempDir()}
	server.on(t)
	t.Cleanup(server.off)
	dir := t.TempDir()
	return backing{bus: bus.Config{InProcess: server}, dir: dir, disks: []string{server.dir, dir}, nats: server}
}

// clustered is what production has: a Redis of its own, and three NATS nodes, which are in this process.
func clustered(t testing.TB) backing {
	t.Helper()
	processes := cluster.New(t.TempDir())
	t.Cleanup(func() {
		if err := processes.Close(); err != nil {
			t.Errorf("stop redis: %v", err)
		}
	})
	redis, redisURL, err := cluster.Redis(t.TempDir(), false)
	if err == nil {
		err = processes.Start(context.Background(), redis)
	}
	if err != nil {
		t.Fatal(err)
	}
	return backing{bus: bus.Config{URL: bustest.NewCluster(t).URL()}, redis: redisURL, dir: t.TempDir()}
}

// switchable is an embedded server that can go away and come back.
type switchable struct {
	dir string
	mu  sync.Mutex
	now *embedded.Server
}

// errAway is what connecting to a server says that is off.
var errAway = errors.New("the bus is away")

// InProcessConn connects to the server if it is on.
func (s *switchable) InProcessConn() (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil {
		return nil, errAway
	}
	return s.now.InProcessConn()
}

func (s *switchable) on(t testing.TB) {
	t.Helper()
	server, err := embedded.Start(embedded.Options{Dir: s.dir, Durability: embedded.Relaxed})
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = server
}

func (s *switchable) off() {
	s.mu.Lock()
	server := s.now
	s.now = nil
	s.mu.Unlock()
	if server != nil {
		server.Stop()
	}
}
