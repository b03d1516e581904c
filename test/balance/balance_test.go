package balance

import (
	"bufio"
	"fmt"
	"net"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// named is a target that tells its name, and says back what it is told.
func named(t *testing.T, name string) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = fmt.Fprintln(conn, name)
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					_, _ = fmt.Fprintln(conn, name, lines.Text())
				}
			}()
		}
	}()
	return listener
}

func opened(t *testing.T) *Balancer {
	t.Helper()
	b, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// caller is a connection through a balancer.
type caller struct {
	net.Conn
	lines *bufio.Reader
}

func call(t *testing.T, b *Balancer) caller {
	t.Helper()
	conn, err := net.Dial("tcp", b.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return caller{conn, bufio.NewReader(conn)}
}

// hears is the next line; empty when the connection has ended.
func (c caller) hears() string {
	line, _, _ := c.lines.ReadLine()
	return string(line)
}

func TestConnectionsAreSharedAndStayWhereTheyAre(t *testing.T) {
	one, two, three := named(t, "one"), named(t, "two"), named(t, "three")
	b := opened(t)
	b.Point(one.Addr().String(), two.Addr().String())
	counts, calls := map[string]int{}, map[string]caller{}
	for range 100 {
		c := call(t, b)
		name := c.hears()
		counts[name]++
		calls[name] = c
	}
	if counts["one"] < 20 || counts["two"] < 20 { // by chance alone once in a thousand million
		t.Errorf("shared as %v", counts)
	}
	b.Point(three.Addr().String())
	if got := call(t, b).hears(); got != "three" {
		t.Errorf("a new one went to %q", got)
	}
	_, _ = fmt.Fprintln(calls["one"], "hello")
	if got := calls["one"].hears(); got != "one hello" {
		t.Errorf("one that stood hears %q", got)
	}
}

func TestTargetThatIsGoneIsPassedOver(t *testing.T) {
	one, two := named(t, "one"), named(t, "two")
	b := opened(t)
	b.Point(one.Addr().String(), two.Addr().String())
	_ = one.Close()
	for range 4 {
		if got := call(t, b).hears(); got != "two" {
			t.Errorf("it went to %q", got)
		}
	}
	b.Point()
	if got := call(t, b).hears(); got != "" {
		t.Errorf("without targets it went to %q", got)
	}
}

func TestWhoSaysNoMoreStillHears(t *testing.T) {
	one := named(t, "one")
	b := opened(t)
	b.Point(one.Addr().String())
	c := call(t, b)
	_, _ = fmt.Fprintln(c, "last words")
	_ = c.Conn.(*net.TCPConn).CloseWrite()
	if first, second, end := c.hears(), c.hears(), c.hears(); first != "one" || second != "one last words" || end != "" {
		t.Errorf("heard %q, %q, %q", first, second, end)
	}
}
