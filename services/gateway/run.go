// Package gateway is everything that browsers and customers' backends talk to: the widget protocol over HTTP and WebSocket, and
// the commands. It keeps nothing: what it accepts is on the bus before anybody is told so.
package gateway

import (
	"context"
	"fmt"
	"net/http"

	"golang.org/x/time/rate"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	"github.com/bellhop-chat/bellhop/internal/wire"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/absence"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/api"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/appearance"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/feed"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/render"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/screenshot"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/stream"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/widget"
)

const (
	// mount is where the widget protocol is served.
	mount = "/pocketping"
	// knownSessions is how many sessions a gateway remembers: about 1 KB each.
	knownSessions = 100_000
)

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg.Runtime, cfg.Files = cfg.Runtime.WithDefaults(), cfg.Files.WithDefaults()
	g, ctx := runner.NewGroup(ctx, "gateway", cfg.Runtime)
	return g.Wait(build(ctx, g, cfg))
}

func build(ctx context.Context, g *runner.Group, cfg Config) error {
	b, conn, err := upstream.Open(ctx, g, cfg.Runtime, "gateway", cfg.Upstream)
	if err != nil {
		return err
	}
	sessions := sessionsv1.NewSessionsClient(session.Bounded(conn))
	directory, err := session.New(sessions, knownSessions)
	if err != nil {
		return err
	}
	files, err := file.New(ctx, b)
	if err != nil {
		return err
	}
	s := &site{
		cfg: cfg, files: files, links: transfer.NewLinks(files), hub: hub.New(), place: new(bus.Place),
		in: &intake.Intake{Project: id.Default, Bus: b, Directory: directory, Sessions: sessions, Log: cfg.Log},
	}
	s.render = &render.Maker{Directory: directory, Links: s.links}
	if cfg.Screenshots == "on" {
		if s.screenshots, err = screenshot.New(b); err != nil {
			return err
		}
	}
	if s.tracked, err = appearance.NewTracked(cfg.Widget.TrackedElements); err != nil {
		return err
	}
	s.absence = absence.New(absence.Options{Intake: s.in, Hub: s.hub, After: cfg.LeftAfter, Log: cfg.Log})
	g.Go("tend", s.hub.Tend)
	g.Go("absence", s.absence.Run)
	g.Go("tracked elements", func(ctx context.Context) error { return s.tracked.Watch(ctx, cfg.Log, s.retrack) })
	if err := s.hear(ctx, g); err != nil {
		return err
	}
	s.commands = &api.Commands{Intake: s.in}
	g.Go("commands", s.commands.ServeNATS)
	return s.serve(g)
}

// site is what a gateway's routes share.
type site struct {
	cfg         Config
	in          *intake.Intake
	hub         *hub.Hub
	place       *bus.Place
	render      *render.Maker
	files       *file.Store
	links       *transfer.Links
	absence     *absence.Watch
	screenshots *screenshot.Requests
	tracked     *appearance.Tracked
	commands    *api.Commands
}

// retrack tells every page which elements are tracked now.
func (s *site) retrack() {
	s.hub.Broadcast(s.in.Project, hub.Frame{Data: wire.Frame("config_update", wire.ConfigUpdate{TrackedElements: s.tracked.Elements()})})
}

// hear begins to follow the bus. From its return on no socket can miss anything.
func (s *site) hear(ctx context.Context, g *runner.Group) error {
	heard := make(chan struct{})
	f := &feed.Feed{
		Bus: s.in.Bus, Hub: s.hub, Directory: s.in.Directory, Sessions: s.in.Sessions, Absence: s.absence,
		Render: s.render, Place: s.place, Screenshots: s.screenshots, Log: s.cfg.Log,
	}
	g.Go("feed", func(ctx context.Context) error { return f.Run(ctx, func() { close(heard) }) })
	select {
	case <-heard:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *site) serve(g *runner.Group) error {
	cfg := s.cfg
	limits, events, err := limiters(cfg)
	if err != nil {
		return err
	}
	guard, err := cfg.guard()
	if err != nil {
		return err
	}
	sockets, err := stream.New(stream.Options{
		Intake: s.in, Hub: s.hub, Render: s.render, Place: s.place, Events: events, Links: s.links, Absence: s.absence, Screenshots: s.screenshots, Tracked: s.tracked, Metrics: cfg.Metrics, Log: cfg.Log,
	})
	if err != nil {
		return err
	}
	g.Defer("sockets", sockets.Close)
	place, err := cfg.HTTP.Open(cfg.Log)
	if err != nil {
		return err
	}
	s.links.Serve(cfg.base(place.Addr()))
	routes := widget.Handler(mount, widget.Options{
		Intake: s.in, Stream: sockets, Missed: sockets.Missed, Place: s.place, Origins: cfg.AllowedOrigins, Proxies: cfg.TrustedProxies, Limits: limits,
		Guard: guard, Heuristics: cfg.Filters.BotHeuristics,
		Files: s.files, FileLimits: cfg.Files, Links: s.links, Absence: s.absence, Screenshots: s.screenshots,
		Appearance: cfg.Widget, Tracked: s.tracked, WelcomeMessage: cfg.WelcomeMessage, BeginOnConnect: cfg.NotifyOn == "connect", Log: cfg.Log,
	})
	transfers := transfer.Handler(transfer.Options{
		Intake: s.in, Store: s.files, Limits: cfg.Files, Origins: cfg.AllowedOrigins, Proxies: cfg.TrustedProxies, Address: limits.Address, Log: cfg.Log,
	})
	for pattern, handler := range map[string]http.Handler{
		mount + "/": routes, file.Path: transfers, "/api/": s.commands.Handler(cfg.APIKey), "GET /health": &health{bridges: cfg.Bridges, notes: s.in.Bus.Notebook(), log: cfg.Log},
	} {
		if err := place.Handle(pattern, handler); err != nil {
			return fmt.Errorf("mount %s: %w", pattern, err)
		}
	}
	g.Serve("http", place)
	return nil
}

// limiters are generous for people and tight for programs: an office behind one address may poll with a hundred pages, and
// nobody types two messages a second for long.
func limiters(cfg Config) (limits widget.Limits, events *filter.Limiter, err error) {
	if cfg.RateLimits == "off" {
		cfg.Log.Warn("rate limits are off: for load tests only")
		return limits, nil, nil
	}
	for limiter, r := range map[**filter.Limiter]filter.Rate{
		&limits.Address: {Every: 50, Burst: 300},
		&limits.Connect: {Every: 50, Burst: 2000},
		&limits.Session: {Every: 2, Burst: 60},
		&limits.Typing:  {Every: 1, Burst: 2},
		&limits.Uploads: {Every: 1, Burst: 60},
		&limits.Volume:  {Every: rate.Limit(float64(cfg.Files.HourlyBytes) / 3600), Burst: int(cfg.Files.HourlyBytes)},
		&events:         {Every: rate.Limit(5), Burst: 30},
	} {
		if *limiter, err = filter.NewLimiter(r); err != nil {
			return limits, nil, err
		}
	}
	return limits, events, nil
}
