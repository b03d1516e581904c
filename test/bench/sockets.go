package bench

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// sockets are WebSockets that stay idle, each of its own session. The process is told how many to have, reports when it has
// them, and ends when its input does.
type sockets struct {
	Host string
	Most int
}

// sources is how many loopback addresses the sockets come from: one has 28,000 ports.
const sources = 4

func (s sockets) run() (any, error) {
	say("ready")
	var open []*conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	var sessions []string
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		verb, number, _ := strings.Cut(orders.Text(), " ")
		n, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("order %q: %w", orders.Text(), err)
		}
		switch verb {
		case "sessions":
			more, err := openSessions(s.Host, "idle"+number, n-len(sessions), false)
			if err != nil {
				return nil, err
			}
			sessions = append(sessions, more...)
		case "open":
			more, err := s.open(sessions[len(open):n], len(open))
			if err != nil {
				return nil, err
			}
			open = append(open, more...)
		}
		say("done")
	}
	return len(open), nil
}

// open upgrades one connection for each session.
func (s sockets) open(sessions []string, before int) ([]*conn, error) {
	return openAll(len(sessions), func(i int) (*conn, error) {
		return upgrade(s.Host, "/pocketping/stream?sessionId="+sessions[i], sourceOf(before+i))
	})
}

// sourceOf is the loopback address that the ith socket comes from.
func sourceOf(i int) string { return "127.0.0." + strconv.Itoa(1+i%sources) }

// openAll opens n connections, several at once.
func openAll(n int, open func(i int) (*conn, error)) ([]*conn, error) {
	conns := make([]*conn, n)
	errs := make([]error, openers)
	var next atomic.Int64
	var wg sync.WaitGroup
	for worker := range openers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && errs[worker] == nil; i = int(next.Add(1)) - 1 {
				conns[i], errs[worker] = open(i)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("open sockets: %w", err)
		}
	}
	return conns, nil
}

func upgrade(host, path, source string) (*conn, error) {
	c, err := dial(host, source)
	if err != nil {
		return nil, err
	}
	request := "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: Upgrade\r\n" +
		"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	if err := c.SetDeadline(time.Now().Add(callTimeout)); err != nil {
		return nil, err
	}
	if _, err := c.Write([]byte(request)); err != nil {
		return nil, err
	}
	status, err := c.in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(status, "HTTP/1.1 101") {
		return nil, fmt.Errorf("%w: %s", errStatus, status)
	}
	for line := status; strings.TrimSpace(line) != ""; {
		if line, err = c.in.ReadString('\n'); err != nil {
			return nil, err
		}
	}
	return c, c.SetDeadline(time.Time{})
}
