package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/span"
)

// Exit codes of every Bellhop process.
const (
	ExitOK            = 0 // ended because it was done, or asked to stop
	ExitFailure       = 1 // failed, or was told twice to stop
	ExitConfiguration = 2 // can't run as configured; trying again changes nothing
)

// adminStopTimeout is short: whoever scrapes metrics or takes a profile may be cut off.
const adminStopTimeout = 2 * time.Second

// Main runs the process and exits. It is the one statement of a main; see Process.Run for what it does.
func Main(name string, run func(ctx context.Context, rt Runtime) error) {
	os.Exit(Process{Name: name}.Run(context.Background(), run))
}

// Service is Main for a service whose Config embeds a Runtime: it loads the Config from the environment as well, so that
// all that is wrong with it is reported at once, and starts the service with a Runtime named after it.
func Service[C any, P ServiceConfig[C]](name string, run func(ctx context.Context, cfg C) error) {
	os.Exit(RunService[C, P](context.Background(), Process{Name: name}, run))
}

// ServiceConfig is a struct that embeds a Runtime.
type ServiceConfig[C any] interface {
	*C
	setRuntime(Runtime)
}

// RunService is Service without the exit.
func RunService[C any, P ServiceConfig[C]](ctx context.Context, p Process, run func(ctx context.Context, cfg C) error) (exitCode int) {
	var all struct {
		Process Settings
		Service C
	}
	return p.run(ctx, &all, &all.Process, func(ctx context.Context, rt Runtime) error {
		P(&all.Service).setRuntime(rt.For(p.Name))
		return run(ctx, all.Service)
	})
}

// Settings is what the process itself reads from the environment.
type Settings struct {
	Logging
	Tracing span.Config
	// AdminAddr serves AdminHandler; empty serves it nowhere.
	AdminAddr string `env:"ADMIN_ADDR" expect:"host:port or :port"`
}

// Validate checks the form of the address.
func (s *Settings) Validate() error { return httpserver.CheckAddr("ADMIN_ADDR", s.AdminAddr) }

// Process is a process and its surroundings, as fields so that a test may pass its own.
type Process struct {
	Name   string        // in the log
	Lookup config.Lookup // the environment; nil is os.LookupEnv
	Stderr io.Writer     // the log and what is wrong with the configuration; nil is os.Stderr
}

// Run reads Settings, then calls run with a context that ends with ctx, or at SIGINT or SIGTERM (at a second one the process exits
// at once), and a Runtime with log, metrics and health. It returns the exit code: an error of run is logged once and is
// ExitFailure; a configuration error is explained on Stderr and is ExitConfiguration.
func (p Process) Run(ctx context.Context, run func(ctx context.Context, rt Runtime) error) (exitCode int) {
	var settings Settings
	return p.run(ctx, &settings, &settings, run)
}

// run loads all, of which settings is a part.
func (p Process) run(ctx context.Context, all any, settings *Settings, run func(context.Context, Runtime) error) int {
	if p.Stderr == nil {
		p.Stderr = os.Stderr
	}
	err := config.Load(all, p.Lookup)
	log := settings.Logger(p.Stderr)
	if err == nil {
		err = p.supervise(ctx, log, settings, run)
	}
	// A terminal or pipe can't be synced, and says so.
	defer func() { _ = log.Sync() }()
	if err == nil {
		return ExitOK
	}
	if text, ok := config.Explain(err); ok {
		fmt.Fprint(p.Stderr, text)
		return ExitConfiguration
	}
	log.Named(p.Name).Error("failed", zap.Error(err))
	return ExitFailure
}

// supervise runs between the first thing that starts and the last that stops: signals and the admin server.
func (p Process) supervise(ctx context.Context, root *zap.Logger, settings *Settings, run func(context.Context, Runtime) error) error {
	registry, health, log := newRegistry(), NewHealth(), root.Named(p.Name)
	ctx, release := untilSignal(ctx, log, health.SetDraining)
	defer release()
	registry.MustRegister(readiness(health))
	traces, flush, err := span.Open(ctx, settings.Tracing, p.Name, Version())
	if err != nil {
		return err
	}
	defer func() {
		if err := flush(); err != nil {
			log.Warn("the last traces were not sent", zap.Error(err))
		}
	}()
	if settings.AdminAddr != "" {
		stop, err := serveAdmin(settings.AdminAddr, log, AdminHandler(registry, health))
		if err != nil {
			return err
		}
		defer stop()
	}
	log.Info("running", zap.String("version", Version()))
	err = run(ctx, Runtime{Log: root, Metrics: registry, Health: health, Traces: traces})
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// serveAdmin fails when it can't bind, which is a mistake of whoever deploys. What happens to it later is logged only: the service is worth more.
func serveAdmin(addr string, log *zap.Logger, handler http.Handler) (stop func(), err error) {
	front, err := httpserver.Listen(addr, log)
	if err != nil {
		return nil, fmt.Errorf("admin address: %w", err)
	}
	if err := front.Handle("/", handler); err != nil {
		return nil, fmt.Errorf("admin address: %w", err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := front.Serve(); err != nil {
			log.Error("admin server failed", zap.Error(err))
		}
	}()
	log.Info("admin server listening", zap.Stringer("addr", front.Addr()))
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), adminStopTimeout)
		defer cancel()
		if err := front.Shutdown(ctx); err != nil {
			log.Debug("admin server cut off", zap.Error(err))
		}
		<-done
	}, nil
}
