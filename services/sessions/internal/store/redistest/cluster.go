package redistest

import (
	"net"
	"strconv"
	"strings"
	"testing"
)

// slots is how many hash slots a Redis cluster has.
const slots = 16384

// Cluster is several masters that share the slots.
type Cluster []*Server

// StartCluster runs n masters. It takes some two seconds: that long a new master refuses to write.
func StartCluster(t testing.TB, n int) Cluster {
	t.Helper()
	cluster := make(Cluster, n)
	free := ports(t, 2*n)
	for i := range cluster {
		s := prepare(t)
		port, bus := free[2*i], free[2*i+1]
		s.network, s.address = "tcp", "127.0.0.1:"+port
		s.args = []string{"--bind", "127.0.0.1", "--port", port, "--cluster-port", bus, "--cluster-enabled", "yes"}
		s.Restart()
		s.Do("CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(i*slots/n), strconv.Itoa((i+1)*slots/n-1))
		s.Do("CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
		if i > 0 {
			s.Do("CLUSTER", "MEET", "127.0.0.1", free[0], free[1])
		}
		cluster[i] = s
	}
	for _, s := range cluster {
		s.Until("cluster_slots_ok:"+strconv.Itoa(slots), "CLUSTER", "INFO")
		s.Until("cluster_state:ok", "CLUSTER", "INFO")
	}
	return cluster
}

// URL names all masters.
func (c Cluster) URL() string {
	addresses := make([]string, len(c))
	for i, s := range c {
		addresses[i] = s.address
	}
	return "redis://" + strings.Join(addresses, ",")
}

// Do runs a command on every master.
func (c Cluster) Do(command ...string) {
	for _, s := range c {
		s.t.Helper()
		s.Do(command...)
	}
}

// ports finds free loopback ports, each different from the others.
func ports(t testing.TB, n int) []string {
	t.Helper()
	found := make([]string, n)
	for i := range found {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatalf("find a free port: %v", err)
		}
		defer func() { _ = l.Close() }()
		_, found[i], _ = net.SplitHostPort(l.Addr().String())
	}
	return found
}
