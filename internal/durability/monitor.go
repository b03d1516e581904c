package durability

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	// monitorTimeout bounds the question to one server.
	monitorTimeout = 3 * time.Second
	// maxMonitor bounds its answer; a real one has a few KiB.
	maxMonitor = 1 << 20
)

// node is what a server tells of its JetStream at /jsz.
// https://docs.nats.io/running-a-nats-service/nats_admin/monitoring#jetstream-information-jsz
type node struct {
	ServerID string `json:"server_id"`
	Disabled bool   `json:"disabled"`
	Config   struct {
		SyncAlways   bool          `json:"sync_always"`
		SyncInterval time.Duration `json:"sync_interval"` // nanoseconds
	} `json:"config"`

	at string
}

// name is for people: the address, which they have configured.
func (n node) name() string { return cmp.Or(n.at, n.ServerID) }

// ask asks every server behind the addresses. A name that stands for several, as that of a headless service does, is asked for
// all of them. Those that do not answer are named in unknown, with the reason; servers without JetStream keep nothing.
func ask(ctx context.Context, monitors []string) (nodes []node, unknown []string) {
	client := &http.Client{Timeout: monitorTimeout}
	defer client.CloseIdleConnections()
	for _, monitor := range monitors {
		named, err := url.Parse(monitor)
		if err != nil {
			unknown = append(unknown, err.Error())
			continue
		}
		for _, at := range servers(ctx, named) {
			n, err := look(ctx, client, at)
			switch {
			case err != nil:
				unknown = append(unknown, fmt.Sprintf("NATS server %s: %s", at.Host, err))
			case !n.Disabled:
				nodes = append(nodes, n)
			}
		}
	}
	return nodes, unknown
}

// servers are the addresses that a name leads to; the name itself when it leads nowhere, so that somebody hears of it.
func servers(ctx context.Context, monitor *url.URL) []*url.URL {
	ctx, cancel := context.WithTimeout(ctx, monitorTimeout)
	defer cancel()
	found, err := net.DefaultResolver.LookupHost(ctx, monitor.Hostname())
	if err != nil || len(found) < 2 || monitor.Scheme == "https" { // a certificate is for the name
		return []*url.URL{monitor}
	}
	all := make([]*url.URL, len(found))
	for i, host := range found {
		at := *monitor
		at.Host = net.JoinHostPort(host, cmp.Or(monitor.Port(), "80"))
		all[i] = &at
	}
	return all
}

func look(ctx context.Context, client *http.Client, at *url.URL) (node, error) {
	n := node{at: at.Host}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.JoinPath("jsz").String(), nil)
	if err != nil {
		return n, fmt.Errorf("ask: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return n, fmt.Errorf("ask: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return n, fmt.Errorf("answers %s", resp.Status)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxMonitor)).Decode(&n); err != nil {
		return n, fmt.Errorf("read answer: %w", err)
	}
	if n.ServerID == "" {
		return n, errNoServer
	}
	return n, nil
}
