// Package embedded runs a NATS server with JetStream on disk inside this process: for a laptop and for a small site. It
// refuses to weaken what a durability profile promises.
package embedded

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"go.uber.org/zap"
)

// Durability is the profile of the bus's disk.
type Durability string

const (
	// Safe syncs before it acknowledges: an acknowledged event survives a power cut.
	Safe Durability = "safe"
	// Relaxed syncs every second: an acknowledged event survives the death of the process, not a power cut in that second.
	Relaxed Durability = "relaxed"
)

// ParseDurability reads a profile's name.
func ParseDurability(s string) (Durability, error) {
	switch d := Durability(s); d {
	case Safe, Relaxed:
		return d, nil
	default:
		return "", fmt.Errorf("durability %q is neither safe nor relaxed", s)
	}
}

// Options of an embedded server.
type Options struct {
	// Dir holds the stream.
	Dir string
	// Durability is Safe when empty.
	Durability Durability
	// Addr opens the server to other clients on host:port; empty keeps it to this process.
	Addr string
	Log  *zap.Logger
}

// Server is a running NATS server. It is a nats.InProcessConnProvider.
type Server struct {
	*server.Server
	// ill gets why its file store has failed.
	ill <-chan string
}

// readyTimeout bounds the start: a stream of millions of events is read in well under a second.
const readyTimeout = 30 * time.Second

// Start starts the server and waits until it takes connections. The error says what the server said.
func Start(o Options) (*Server, error) {
	opts := &server.Options{
		ServerName: "bellhop", DontListen: true, NoSigs: true, JetStream: true, StoreDir: o.Dir,
		SyncAlways: o.Durability != Relaxed, SyncInterval: time.Second,
		// The stream's own limits are what counts; the server's share of memory and disk must not cap them.
		JetStreamMaxMemory: 256 << 20, JetStreamMaxStore: 1 << 50,
	}
	if o.Addr != "" {
		if err := listen(opts, o.Addr); err != nil {
			return nil, fmt.Errorf("listen for NATS clients on %q: %w", o.Addr, err)
		}
	}
	if err := resumeShredding(o.Dir); err != nil {
		return nil, err
	}
	ns, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("make NATS server: %w", err)
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	log := &logger{log: o.Log.Named("nats").Sugar(), fatal: make(chan string, 1), ill: make(chan string, 1)}
	ns.SetLoggerV2(log, false, false, false)
	ns.Start()
	if err := ready(ns, log.fatal); err != nil {
		ns.Shutdown()
		ns.WaitForShutdown()
		return nil, fmt.Errorf("start NATS server in %s: %w", o.Dir, err)
	}
	return &Server{Server: ns, ill: log.ill}, nil
}

// listen opens the server to other clients.
func listen(opts *server.Options, addr string) error {
	probe, err := net.Listen("tcp", addr) // the server itself would only log it
	if err != nil {
		return err
	}
	defer probe.Close()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	opts.DontListen, opts.Host = false, host
	if opts.Port, err = strconv.Atoi(port); opts.Port == 0 {
		opts.Port = server.RANDOM_PORT
	}
	return err
}

// ready waits until the server takes connections, or has said why it never will.
func ready(ns *server.Server, fatal <-chan string) error {
	for deadline := time.Now().Add(readyTimeout); time.Now().Before(deadline); {
		select {
		case why := <-fatal:
			return errors.New(why)
		default:
		}
		if ns.ReadyForConnections(50*time.Millisecond) && ns.JetStreamEnabled() {
			return nil
		}
	}
	return errors.New("not ready; the directory may be in use")
}

// Stop ends the server after it has written everything.
func (s *Server) Stop() {
	s.Shutdown()
	s.WaitForShutdown()
}

// logger carries the server's log into ours.
type logger struct {
	log *zap.SugaredLogger
	// fatal gets the first thing that keeps the server from running.
	fatal chan string
	// ill gets the first thing that the file store could not write: the server tells it nowhere else.
	ill chan string
}

// failures are how the server begins to say that its file store has failed for good.
var failures = []string{"JetStream failed to store a msg", "JetStream out of resources", "JetStream out of space"}

func (l *logger) Noticef(format string, v ...any) { l.log.Debugf(format, v...) }
func (l *logger) Warnf(format string, v ...any)   { l.log.Warnf(format, v...) }
func (l *logger) Debugf(format string, v ...any)  { l.log.Debugf(format, v...) }
func (l *logger) Tracef(format string, v ...any)  { l.log.Debugf(format, v...) }

func (l *logger) Errorf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	l.log.Error(text)
	if slices.ContainsFunc(failures, func(begin string) bool { return strings.HasPrefix(text, begin) }) {
		first(l.ill, text)
	}
}

func (l *logger) Fatalf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	l.log.Error(text)
	first(l.fatal, text)
}

// first keeps the first of several.
func first(to chan<- string, text string) {
	select {
	case to <- text:
	default:
	}
}
