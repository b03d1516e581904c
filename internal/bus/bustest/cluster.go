package bustest

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// Cluster is three servers in this process, as production has them on three machines.
type Cluster struct {
	nodes []*server.Server
	opts  []*server.Options
}

const (
	// clusterTimeout bounds the election of the first leader.
	clusterTimeout = 30 * time.Second
	// nodeTimeout bounds the start of one node, which takes half a second.
	nodeTimeout = 10 * time.Second
)

// NewCluster starts three servers on loopback, waits until JetStream has a leader, and stops them with the test. Each change is made
// to the options of every one.
func NewCluster(t testing.TB, changes ...func(*server.Options)) *Cluster {
	t.Helper()
	c := &Cluster{}
	t.Cleanup(c.stopAll)
	for range 3 { // somebody else may take a port between its finding and its use
		if c.start(t, changes) {
			return c
		}
		c.stopAll()
	}
	t.Fatal("the cluster does not start")
	return nil
}

// start makes and starts the nodes, and tells whether they have a leader in time.
func (c *Cluster) start(t testing.TB, changes []func(*server.Options)) bool {
	t.Helper()
	c.nodes, c.opts = nil, nil
	ports := freePorts(t, 6) // each node must know the others' before they run
	routes := make([]string, 3)
	for n := range routes {
		routes[n] = (&url.URL{Scheme: "nats", Host: net.JoinHostPort(loopback, strconv.Itoa(ports[n]))}).String()
	}
	for n := range routes {
		opts := &server.Options{
			ServerName: fmt.Sprintf("node-%d", n+1), Host: loopback, Port: ports[3+n], NoSigs: true,
			JetStream: true, StoreDir: t.TempDir(), JetStreamMaxMemory: 256 << 20, JetStreamMaxStore: 1 << 40,
			Cluster: server.ClusterOpts{Name: "bellhop-test", Host: loopback, Port: ports[n]},
			Routes:  server.RoutesFromStr(strings.Join(routes, ",")),
		}
		for _, change := range changes {
			change(opts)
		}
		node, err := startNode(opts)
		if err != nil {
			t.Log(err)
			return false
		}
		c.nodes, c.opts = append(c.nodes, node), append(c.opts, opts)
	}
	for deadline := time.Now().Add(clusterTimeout); !c.hasLeader(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Log("the cluster has elected no leader")
			return false
		}
	}
	return true
}

// Dirs are the directories in which the nodes keep what they are given.
func (c *Cluster) Dirs() []string {
	dirs := make([]string, len(c.opts))
	for n, opts := range c.opts {
		dirs[n] = opts.StoreDir
	}
	return dirs
}

func (c *Cluster) stopAll() {
	for n := range c.nodes {
		c.Stop(n)
	}
}

const loopback = "127.0.0.1"

// freePorts finds ports that nobody listens on.
func freePorts(t testing.TB, n int) []int {
	t.Helper()
	ports := make([]int, n)
	for i := range ports {
		l, err := net.Listen("tcp", net.JoinHostPort(loopback, "0"))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // all at the end, or the same one would be found again
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports
}

func startNode(opts *server.Options) (*server.Server, error) {
	node, err := server.NewServer(opts.Clone())
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", opts.ServerName, err)
	}
	node.Start()
	if !node.ReadyForConnections(nodeTimeout) {
		node.Shutdown()
		return nil, fmt.Errorf("%s is not ready", opts.ServerName)
	}
	return node, nil
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

// Monitors are the addresses at which the nodes tell about themselves, for those that were given a port to do so.
func (c *Cluster) Monitors() []string {
	var all []string
	for _, node := range c.nodes {
		if at := node.MonitorAddr(); at != nil {
			all = append(all, "http://"+at.String())
		}
	}
	return all
}

// Stop stops one node, 0 to 2.
func (c *Cluster) Stop(n int) {
	c.nodes[n].Shutdown()
	c.nodes[n].WaitForShutdown()
}

// Start starts a stopped node again, on its address and its disk.
func (c *Cluster) Start(t testing.TB, n int) {
	t.Helper()
	node, err := startNode(c.opts[n])
	if err != nil {
		t.Fatal(err)
	}
	c.nodes[n] = node
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

// Connect opens a connection to the cluster.
func (c *Cluster) Connect(t testing.TB, cfg bus.Config) *bus.Bus {
	t.Helper()
	cfg.URL = c.URL()
	return Connect(t, cfg)
}

// Client is a program outside.
func (c *Cluster) Client(t testing.TB) *nats.Conn {
	t.Helper()
	return client(t, c.URL())
}
