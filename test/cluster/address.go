package cluster

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// FreeAddr is a loopback address that nobody listens on now. Somebody may before it is used: the port comes from the
// kernel's range of short-lived ones, which hands out others first.
func FreeAddr() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// freeAddrs are n different free addresses.
func freeAddrs(n int) ([]string, error) {
	addrs := make([]string, n)
	for i := range addrs {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer listener.Close() // held until all are found
		addrs[i] = listener.Addr().String()
	}
	return addrs, nil
}

// probe is one HTTP client for all readiness questions. It keeps no connection: the other side is about to be killed.
var probe = &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// Answers is a Ready that wants 200 from a URL.
func Answers(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := get(ctx, url)
		return err
	}
}

func get(ctx context.Context, url string) ([]byte, error) { return fetch(ctx, probe, url) }

func fetch(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", url, err)
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", url, res.Status)
	}
	return io.ReadAll(res.Body)
}

// routesEach is how many routes a node of three keeps: a pool of three and one for the system account to each of the others.
const routesEach = 2 * (3 + 1)

// leads is a Ready for a node of three: it knows JetStream's leader, and all of its routes stand.
func leads(monitor string) func(context.Context) error {
	return func(ctx context.Context) error {
		var jetstream struct {
			Meta struct {
				Leader string `json:"leader"`
			} `json:"meta_cluster"`
		}
		var routes struct {
			Count int `json:"num_routes"`
		}
		for path, into := range map[string]any{"/jsz": &jetstream, "/routez": &routes} {
			raw, err := get(ctx, monitor+path)
			if err != nil {
				return err
			}
			if err := json.Unmarshal(raw, into); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		if jetstream.Meta.Leader == "" || routes.Count < routesEach {
			return fmt.Errorf("leader %q, %d routes of %d", jetstream.Meta.Leader, routes.Count, routesEach)
		}
		return Answers(monitor + "/healthz")(ctx)
	}
}

// pongs is a Ready for Redis.
func pongs(addr string) func(context.Context) error {
	return func(ctx context.Context) error {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", addr)
		if err != nil {
			return err
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
			return err
		}
		if _, err := conn.Write([]byte("PING\r\n")); err != nil {
			return err
		}
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil {
			return err
		}
		if !strings.HasPrefix(line, "+PONG") { // -LOADING while it reads its file
			return fmt.Errorf("redis says %q", line)
		}
		return nil
	}
}

// Addr is where a service of ours takes HTTP; empty for one that does not.
func (s *Site) Addr(name string) string {
	p, err := s.find(name)
	if err != nil {
		return ""
	}
	for _, line := range p.spec.Env {
		if addr, ok := strings.CutPrefix(line, "HTTP_ADDR="); ok {
			return addr
		}
	}
	return ""
}
