package bustest

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// Cluster is three servers in this process, as production has them on three machines.
type Cluster struct {
	nodes []*server.Server
	opts  []*server.Options
}

// clusterTimeout bounds the election of the first leader.
const clusterTimeout = 30 * time.Second

// NewCluster starts three servers on loopback, waits until JetStream has a leader, and stops them with the test.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{}
	t.Cleanup(func() {
		for n := range c.nodes {
			c.Stop(n)
		}
	})
	var seed string
	for n := range 3 {
		opts := &server.Options{
			ServerName: fmt.Sprintf("node-%d", n+1), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true,
			JetStream: true, StoreDir: t.TempDir(), JetStreamMaxMemory: 256 << 20, JetStreamMaxStore: 1 << 40,
			Cluster: server.ClusterOpts{Name: "bellhop-test", Host: "127.0.0.1", Port: server.RANDOM_PORT},
		}
		if seed != "" {
			opts.Routes = server.RoutesFromStr(seed)
		}
		node := startNode(t, opts)
		if seed == "" {
			seed = (&url.URL{Scheme: "nats", Host: node.ClusterAddr().String()}).String()
		}
		// Fixed from now on, so that a node comes back where it was.
		opts.Port, opts.Cluster.Port = node.Addr().(*net.TCPAddr).Port, node.ClusterAddr().Port
		c.nodes, c.opts = append(c.nodes, node), append(c.opts, opts)
	}
	deadline := time.Now().Add(clusterTimeout)
	for !c.hasLeader() {
		if time.Now().After(deadline) {
			t.Fatal("the cluster has elected no leader")
		}
		time.Sleep(20 * time.Millisecond)
	}
	return c
}

func startNode(t testing.TB, opts *server.Options) *server.Server {
	t.Helper()
	node, err := server.NewServer(opts.Clone())
	if err != nil {
		t.Fatal(err)
	}
	node.Start()
	if !node.ReadyForConnections(clusterTimeout) {
		t.Fatal("a node of the cluster does not start")
	}
	return node
}

func (c *Cluster) hasLeader() bool {
	for _, node := range c.nodes {
		if node.JetStreamIsLeader() {
			return true
		}
	}
	return false
}

// URL names all nodes.
func (c *Cluster) URL() string {
	urls := make([]string, len(c.nodes))
	for n, node := range c.nodes {
		urls[n] = node.ClientURL()
	}
	return strings.Join(urls, ",")
}

// Stop stops one node, 0 to 2.
func (c *Cluster) Stop(n int) {
	c.nodes[n].Shutdown()
	c.nodes[n].WaitForShutdown()
}

// Start starts a stopped node again, on its address and its disk.
func (c *Cluster) Start(t testing.TB, n int) {
	t.Helper()
	c.nodes[n] = startNode(t, c.opts[n])
}

// StreamLeader is the node that leads the stream of facts, -1 while there is none.
func (c *Cluster) StreamLeader() int {
	for n, node := range c.nodes {
		if node.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, "BELLHOP") {
			return n
		}
	}
	return -1
}

// Connect connects to the cluster.
func (c *Cluster) Connect(t testing.TB) *bus.Bus {
	t.Helper()
	return Connect(t, bus.Config{URL: c.URL(), Name: t.Name()})
}
