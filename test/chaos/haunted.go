package chaos

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/sdk/channels"
	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// The app that the gateways of a haunted site serve.
const appID, appKey, appSecret = "7", "a-public-key", "a-secret-of-tests"

// haunted is what presence channels need and no more: one NATS node, Redis, the sessions service, a gateway that survives everything, and
// others that do not.
type haunted struct {
	*cluster.Harness
	backend *channels.Client
	http    *http.Client
	gateway string   // the address of the one that survives
	victims []string // names
	addrs   map[string]string
	redis   string
}

// openHaunted starts one with so many victims.
func openHaunted(ctx context.Context, dir string, victims int) (h *haunted, err error) {
	bin, err := cluster.Build(ctx, "gateway", "sessions", "nats-server")
	if err != nil {
		return nil, err
	}
	h = &haunted{Harness: cluster.New(dir), addrs: map[string]string{}, http: &http.Client{Transport: &http.Transport{}}}
	defer func() {
		if err != nil {
			_ = h.close() // the first error is the one to tell
		}
	}()
	redis, redisURL, err := cluster.Redis(dir, false)
	if err != nil {
		return nil, err
	}
	if u, err := url.Parse(redisURL); err == nil {
		h.redis = u.Host
	}
	bus, sessions, err := twoAddrs()
	if err != nil {
		return nil, err
	}
	host, port, _ := net.SplitHostPort(bus)
	if err := errors.Join(h.Start(ctx, redis), h.Start(ctx, cluster.Spec{
		Name: "nats", Path: bin.Path("nats-server"), Args: []string{"-a", host, "-p", port, "-js", "-sd", dir}, Ready: listens(bus),
	})); err != nil {
		return nil, err
	}
	env := []string{"NATS_URL=nats://" + bus, "SESSIONS_ADDR=" + sessions, "PUSHER_APP_ID=" + appID, "PUSHER_KEY=" + appKey, "PUSHER_SECRET=" + appSecret}
	if _, err := h.service(ctx, bin, "sessions", "sessions", append(env, "REDIS_URL="+redisURL)); err != nil {
		return nil, err
	}
	if h.gateway, err = h.service(ctx, bin, "gateway", "gateway", env); err != nil {
		return nil, err
	}
	for i := range victims {
		name := fmt.Sprintf("gateway-%d", i+2)
		if h.addrs[name], err = h.service(ctx, bin, "gateway", name, env); err != nil {
			return nil, err
		}
		h.victims = append(h.victims, name)
	}
	h.backend, err = channels.New(channels.Options{AppID: appID, Key: appKey, Secret: appSecret, URL: "http://" + h.gateway, HTTPClient: h.http})
	return h, err
}

// service starts one of ours, and answers its address.
func (h *haunted) service(ctx context.Context, bin cluster.Binaries, program, name string, env []string) (string, error) {
	addr, admin, err := twoAddrs()
	if err != nil {
		return "", err
	}
	return addr, h.Start(ctx, cluster.Spec{
		Name: name, Path: bin.Path(program), Env: append(slices.Clone(env), "HTTP_ADDR="+addr, "ADMIN_ADDR="+admin, "RATE_LIMITS=off", "DATA_DIR="+h.Dir()),
		Ready: cluster.Answers("http://" + admin + "/readyz"),
	})
}

func (h *haunted) close() error {
	h.http.CloseIdleConnections()
	return h.Close()
}

func twoAddrs() (a, b string, err error) {
	if a, err = cluster.FreeAddr(); err == nil {
		b, err = cluster.FreeAddr()
	}
	return a, b, err
}

func listens(addr string) func(context.Context) error {
	return func(context.Context) error {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			_ = c.Close() // nothing was said
		}
		return err
	}
}

// forget kills the sessions service with -9, empties Redis while it is away, and starts it again; or does one of the two.
func (h *haunted) forget(ctx context.Context, sessions, redis bool) error {
	if sessions {
		if err := h.Kill9("sessions"); err != nil {
			return err
		}
	}
	if redis {
		if err := h.flush(); err != nil {
			return fmt.Errorf("empty redis: %w", err)
		}
	}
	if sessions {
		return h.Restart(ctx, "sessions")
	}
	return nil
}

func (h *haunted) flush() error {
	c, err := net.DialTimeout("tcp", h.redis, time.Second)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(attempt)) // a connection that is gone says so when it is used
	if _, err := c.Write([]byte("FLUSHALL\r\n")); err != nil {
		return err
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err == nil && !strings.HasPrefix(line, "+OK") {
		err = fmt.Errorf("told %q", line)
	}
	return err
}

// knows waits until the sessions service knows that these and nobody else are in a channel.
func (h *haunted) knows(ctx context.Context, channel string, users ...string) error {
	slices.Sort(users)
	for {
		known, err := h.backend.Users(ctx, channel)
		slices.Sort(known)
		if err == nil && slices.Equal(known, users) {
			return nil
		}
		if !visitor.Sleep(ctx, look) {
			return fmt.Errorf("in %s are %q and not %q (%w)", channel, known, users, errors.Join(err, ctx.Err()))
		}
	}
}
