package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/internal/durability"
	"github.com/bellhop-chat/bellhop/internal/mtls"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/span"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/inbound"
	"github.com/bellhop-chat/bellhop/services/notifier"
	"github.com/bellhop-chat/bellhop/services/sessions"
)

const (
	defaultAddr    = "127.0.0.1:8080"
	defaultDataDir = "data"
	// pipeBytes is the buffer of the in-process connection to the sessions service.
	pipeBytes = 256 << 10
)

// settings are what `bellhop up` itself reads.
type settings struct {
	// Addr serves everything public; PORT, as PocketPing's bridge server reads it, stands for every interface.
	Addr string `env:"HTTP_ADDR" expect:"host:port or :port"`
	Port int    `env:"PORT" expect:"a port, 1 to 65535"`
	// DataDir holds the bus and the store.
	DataDir string `env:"DATA_DIR" default:"data"`
	// NATSAddr opens the embedded bus to other clients.
	NATSAddr string `env:"NATS_ADDR" expect:"host:port"`
	NATSURL  string `env:"NATS_URL" secret:"true"`
	// Storage has the durability of the embedded bus: safe syncs before it acknowledges, relaxed every second.
	Storage durability.Config
}

// Validate checks the addresses.
func (s *settings) Validate() error {
	return errors.Join(httpserver.CheckAddr("HTTP_ADDR", s.Addr), httpserver.CheckAddr("NATS_ADDR", s.NATSAddr))
}

func (s *settings) address() string {
	switch {
	case s.Addr != "":
		return s.Addr
	case s.Port != 0:
		return ":" + strconv.Itoa(s.Port)
	default:
		return defaultAddr
	}
}

// upConfig is the configuration of everything at once.
type upConfig struct {
	settings
	Sessions sessions.Config
	Gateway  gateway.Config
	Notifier notifier.Config
	Inbound  inbound.Config

	// bus is the embedded bus, nil when NATS_URL names another.
	bus *embeddedBus
	// conn is the gateway's, the notifier's and inbound's way to the sessions service in this process.
	conn *grpc.ClientConn
}

// loadUp reads the configuration of all services, and reports all that is wrong with it at once.
func loadUp(lookup config.Lookup, traces trace.TracerProvider) (upConfig, error) {
	var cfg upConfig
	pipe := bufconn.Listen(pipeBytes)
	conn, err := grpc.NewClient("passthrough:sessions", append(span.Client(traces), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return pipe.DialContext(ctx) }))...)
	if err != nil {
		return cfg, fmt.Errorf("connect to sessions in process: %w", err)
	}
	cfg.conn, cfg.Sessions.Listener = conn, pipe
	cfg.Gateway.Upstream.Sessions, cfg.Notifier.Upstream.Sessions, cfg.Inbound.Upstream.Sessions = conn, conn, conn
	if !given(lookup, "NATS_URL") {
		cfg.bus = &embeddedBus{}
		cfg.Sessions.Bus.InProcess, cfg.Gateway.Upstream.Bus.InProcess = cfg.bus, cfg.bus
		cfg.Notifier.Upstream.Bus.InProcess, cfg.Inbound.Upstream.Bus.InProcess = cfg.bus, cfg.bus
	}
	if err := config.Load(&cfg, lookup); err != nil {
		_ = conn.Close() // nothing was ever sent on it
		return cfg, err
	}
	cfg.Sessions.TLS = mtls.Config{} // nobody calls it but who is in this process
	batches := cfg.bus != nil && embedded.Durability(cfg.Storage.Durability) == embedded.Safe
	cfg.Gateway.Upstream.Bus.Batches, cfg.Notifier.Upstream.Bus.Batches, cfg.Inbound.Upstream.Bus.Batches = batches, batches, batches
	cfg.connect()
	return cfg, nil
}

// connect tells the gateway which platforms are connected, where nobody has told it another thing.
func (c *upConfig) connect() {
	if len(c.Gateway.Bridges) == 0 {
		c.Gateway.Bridges = c.Notifier.Connected()
	}
	for i := range c.Gateway.Projects { // of one file: the same projects in the same order
		if len(c.Gateway.Projects[i].Bridges) == 0 {
			c.Gateway.Projects[i].Bridges = c.Notifier.Projects[i].Connected()
		}
	}
}

// bridges are the connected platforms, with whose they are when there are several projects.
func (c *upConfig) bridges() []string {
	all := c.Gateway.Bridges
	for _, p := range c.Gateway.Projects {
		for _, name := range p.Bridges {
			all = append(all, string(p.Project)+"/"+name)
		}
	}
	return all
}

// projects are their names, when there are several.
func (c *upConfig) projects() (names []string) {
	for _, p := range c.Gateway.Projects {
		names = append(names, string(p.Project))
	}
	return names
}

// announce says in one line what runs where, and with which promise.
func (c upConfig) announce(log *zap.Logger, addr net.Addr) {
	busAt, storeAt := "NATS_URL", "REDIS_URL"
	if c.bus != nil {
		busAt = "embedded, " + c.Storage.Durability
	}
	if c.Sessions.RedisURL == "" {
		storeAt = "embedded"
	}
	log.Info("Bellhop is up", zap.String("url", "http://"+addr.String()), zap.String("bus", busAt), zap.String("store", storeAt),
		zap.String("data", c.DataDir), zap.Strings("bridges", c.bridges()))
	if len(c.Gateway.Projects) > 0 {
		log.Info("several projects, each at /api/widget/ and its name", zap.Strings("projects", c.projects()))
	}
}

// errInUse says that a data directory is another process's.
var errInUse = errors.New("is in use: another bellhop runs on it")

// embeddedBus is a bus that is started after the services' configuration was read, and handed to them before.
type embeddedBus struct {
	server *embedded.Keeper
	unlock func()
}

// InProcessConn connects to the running server.
func (b *embeddedBus) InProcessConn() (net.Conn, error) {
	if b.server == nil {
		return nil, errors.New("the embedded bus is not running")
	}
	return b.server.InProcessConn()
}

func (b *embeddedBus) start(cfg upConfig, log *zap.Logger) error {
	dir := filepath.Join(cfg.DataDir, "bus")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make DATA_DIR: %w", err)
	}
	unlock, err := lockDir(cfg.DataDir)
	if err != nil {
		return err
	}
	server, err := embedded.Keep(embedded.Options{Dir: dir, Durability: embedded.Durability(cfg.Storage.Durability), Addr: cfg.NATSAddr, Log: log})
	if err != nil {
		unlock()
		return err
	}
	b.server, b.unlock = server, unlock
	return nil
}

func (b *embeddedBus) stop() {
	b.server.Stop()
	b.unlock()
}
