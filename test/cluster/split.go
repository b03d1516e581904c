package cluster

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Nodes are the names of the NATS nodes.
var Nodes = []string{"nats-1", "nats-2", "nats-3"}

// Split runs what production runs: Redis with an append-only file, three NATS nodes whose JetStream syncs before it
// acknowledges, and the four services, which refuse less.
func Split(ctx context.Context, bin Binaries, dir string, s Settings) (*Site, error) {
	addrs, err := freeAddrs(3)
	if err != nil {
		return nil, err
	}
	sessions, gateway, inbound := addrs[0], addrs[1], addrs[2]
	site := &Site{
		Harness: New(dir), URL: "http://" + gateway, WebhookURL: "http://" + inbound,
		Services: []string{"sessions", "gateway", "notifier", "inbound"}, admins: map[string]string{},
	}
	redisURL, err := site.startRedis(ctx)
	if err == nil {
		site.NATSURL, site.monitors, err = site.StartNATS(ctx, bin, s.Durability)
	}
	site.Everything = append(site.Names(), site.Services...)
	env := append(s.env(site.WebhookURL), "NATS_URL="+site.NATSURL, "NATS_MONITOR_URL="+site.monitors)
	if s.Durability != "relaxed" {
		env = append(env, "PROFILE=production")
	}
	for name, more := range map[string][]string{
		"sessions": {"REDIS_URL=" + redisURL, "SESSIONS_ADDR=" + sessions},
		"gateway":  {"HTTP_ADDR=" + gateway, "SESSIONS_ADDR=" + sessions, "BRIDGES=" + s.bridges()},
		"notifier": {"SESSIONS_ADDR=" + sessions},
		"inbound":  {"HTTP_ADDR=" + inbound, "SESSIONS_ADDR=" + sessions},
	} {
		if err == nil {
			err = site.beginService(bin.Path(name), name, append(env, more...))
		}
	}
	if err == nil {
		err = site.awaitAll(ctx)
	}
	return site, site.closeOn(err)
}

// beginService starts one of ours without waiting: they start in any order, and each waits for what it needs.
func (s *Site) beginService(path, name string, env []string) error {
	admin, err := FreeAddr()
	if err != nil {
		return err
	}
	s.admins[name] = "http://" + admin
	_, err = s.begin(Spec{
		Name: name, Path: path, Env: append(env[:len(env):len(env)], "ADMIN_ADDR="+admin),
		Ready: Answers(s.admins[name] + "/readyz"),
	})
	return err
}

// Double starts another process of a service, named "<name>-2", with addresses of its own, and waits until it is ready.
func (s *Site) Double(ctx context.Context, name string) (twin string, err error) {
	first, err := s.find(name)
	if err != nil {
		return "", err
	}
	addr, err := FreeAddr()
	if err != nil {
		return "", err
	}
	env := slices.DeleteFunc(slices.Clone(first.spec.Env), func(line string) bool { return strings.HasPrefix(line, "ADMIN_ADDR=") })
	for i, line := range env {
		if strings.HasPrefix(line, "HTTP_ADDR=") {
			env[i] = "HTTP_ADDR=" + addr
		}
	}
	twin = name + "-2"
	if err := s.beginService(first.spec.Path, twin, env); err != nil {
		return "", err
	}
	s.Services, s.Everything = append(s.Services, twin), append(s.Everything, twin)
	p, err := s.find(twin)
	if err != nil {
		return "", err
	}
	return twin, p.await(ctx)
}

func (s *Site) awaitAll(ctx context.Context) error {
	for _, name := range s.Services {
		p, err := s.find(name)
		if err == nil {
			err = p.await(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Site) startRedis(ctx context.Context) (url string, err error) {
	spec, url, err := Redis(filepath.Join(s.Dir(), "redis"), true)
	if err != nil {
		return "", err
	}
	return url, s.Start(ctx, spec)
}

// Redis describes a server on a free port with its data in a directory; durable keeps an append-only file.
func Redis(dir string, durable bool) (spec Spec, url string, err error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return Spec{}, "", fmt.Errorf("find redis-server: %w", err)
	}
	addr, err := FreeAddr()
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return Spec{}, "", fmt.Errorf("prepare redis: %w", err)
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return Spec{}, "", fmt.Errorf("prepare redis: %w", err)
	}
	appendonly := "no"
	if durable {
		appendonly = "yes"
	}
	return Spec{
		Name: "redis", Path: path, Ready: pongs(addr),
		Args: []string{"--bind", host, "--port", port, "--dir", dir, "--save", "", "--appendonly", appendonly, "--daemonize", "no"},
	}, "redis://" + addr + "/0", nil
}

// StartNATS runs three nodes whose JetStream syncs before it acknowledges, unless durability is relaxed. The URLs are lists, for clients
// and of what the nodes tell of themselves.
func (h *Harness) StartNATS(ctx context.Context, bin Binaries, durability string) (url, monitorURL string, err error) {
	addrs, err := freeAddrs(3 * len(Nodes))
	if err != nil {
		return "", "", err
	}
	clients, routes, monitors := addrs[:3], addrs[3:6], addrs[6:]
	var nodes []*process
	for i, name := range Nodes {
		store := filepath.Join(h.dir, name)
		conf := store + ".conf"
		text := nodeConf(name, clients[i], monitors[i], store, durability, routes, i)
		if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
			return "", "", fmt.Errorf("configure %s: %w", name, err)
		}
		node, err := h.begin(Spec{
			Name: name, Path: bin.Path("nats-server"), Args: []string{"-c", conf}, Ready: leads("http://" + monitors[i]),
		})
		if err != nil {
			return "", "", err
		}
		nodes = append(nodes, node)
	}
	for _, node := range nodes {
		if err := node.await(ctx); err != nil {
			return "", "", err
		}
	}
	return "nats://" + strings.Join(clients, ",nats://"), "http://" + strings.Join(monitors, ",http://"), nil
}

// nodeConf is one node's configuration file.
func nodeConf(name, client, monitor, store, durability string, routes []string, i int) string {
	sync := "always"
	if durability == "relaxed" {
		sync = `"1s"`
	}
	return fmt.Sprintf(`server_name: %q
listen: %q
http: %q
jetstream { store_dir: %q, sync_interval: %s, max_memory_store: 268435456, max_file_store: 1099511627776 }
cluster { name: "bellhop", listen: %q, routes: ["nats://%s"] }
`, name, client, monitor, store, sync, routes[i], strings.Join(routes, `", "nats://`))
}
