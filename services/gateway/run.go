// Package gateway is everything that browsers and customers' backends talk to: the widget protocol over HTTP and WebSocket, and
// the commands. It keeps nothing: what it accepts is on the bus before anybody is told so.
package gateway

import (
	"context"
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/absence"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/api"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/asset"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/feed"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/pusher"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/render"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/screenshot"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/widget"
	"github.com/bellhop-chat/bellhop/web"
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
	if err := cfg.ValidateProjects(); err != nil {
		return err
	}
	b, conn, err := upstream.Open(ctx, g, cfg.Runtime, "gateway", cfg.Upstream)
	if err != nil {
		return err
	}
	bounded := session.Bounded(conn)
	sessions := sessionsv1.NewSessionsClient(bounded)
	directory, err := session.New(sessions, knownSessions)
	if err != nil {
		return err
	}
	files, err := file.New(ctx, b)
	if err != nil {
		return err
	}
	pushed, err := feed.NewLatency(cfg.Metrics)
	if err != nil {
		return err
	}
	h := &house{
		pushed: pushed, cfg: cfg, bus: b, directory: directory, sessions: sessions, files: files, links: transfer.NewLinks(files), hub: hub.New(),
		channels: sessionsv1.NewChannelsClient(bounded), place: new(bus.Place), presence: feed.NewPresence(sessions), sites: map[id.Project]*site{},
	}
	h.render = &render.Maker{Directory: directory, Links: h.links}
	g.Go("tend", h.hub.Tend)
	for _, p := range cfg.each() {
		if h.sites[p.Project], err = h.open(ctx, g, p); err != nil {
			return err
		}
	}
	if err := h.openApps(ctx, g); err != nil {
		return err
	}
	if err := h.hear(ctx, g); err != nil {
		return err
	}
	commands := api.Projects{}
	for p, s := range h.sites {
		commands[p] = s.commands
	}
	g.Go("commands", func(ctx context.Context) error { return commands.ServeNATS(ctx, b) })
	return h.serve(g)
}

// house is what the sites of all projects share.
type house struct {
	cfg       Config
	bus       *bus.Bus
	directory *session.Directory
	sessions  sessionsv1.SessionsClient
	channels  sessionsv1.ChannelsClient
	files     *file.Store
	links     *transfer.Links
	hub       *hub.Hub
	render    *render.Maker
	place     *bus.Place
	presence  *feed.Presence
	pushed    prometheus.Histogram
	sites     map[id.Project]*site
	apps      pusher.Apps
}

// hear begins to follow the bus. From its return on no socket can miss anything.
func (h *house) hear(ctx context.Context, g *runner.Group) error {
	heard := make(chan struct{})
	f := &feed.Feed{
		Bus: h.bus, Hub: h.hub, Directory: h.directory, Presence: h.presence, Render: h.render, Place: h.place,
		Absence: map[id.Project]*absence.Watch{}, Screenshots: map[id.Project]*screenshot.Requests{}, Relay: h.tell, Missed: h.missed, Pushed: h.pushed, Log: h.cfg.Log,
	}
	for p, s := range h.sites {
		f.Absence[p], f.Screenshots[p] = s.absence, s.screenshots
	}
	g.Go("feed", func(ctx context.Context) error { return f.Run(ctx, func() { close(heard) }) })
	select {
	case <-heard:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serve mounts the routes of every project, and begins to serve.
func (h *house) serve(g *runner.Group) error {
	backends, err := h.api(g)
	if err != nil {
		return err
	}
	routes := map[string]http.Handler{
		file.ProjectPath: http.HandlerFunc(unknownProject), "/api/": backends, "GET /stats": backends, "GET /health": h.health(),
	}
	for _, s := range h.sites {
		if err := s.mount(g, routes); err != nil {
			return err
		}
	}
	h.apps.Mount(routes)
	scripts, err := asset.New(web.Files())
	if err != nil {
		return err
	}
	for _, pattern := range scripts.Patterns() {
		routes[pattern] = scripts
	}
	place, err := h.cfg.HTTP.Open(h.cfg.Log)
	if err != nil {
		return err
	}
	if err := place.Watch(h.cfg.Metrics, h.cfg.Traces); err != nil {
		return err
	}
	for _, s := range h.sites {
		s.relay.Draining = place.Draining()
	}
	h.links.Serve(h.cfg.base(place.Addr()))
	for pattern, handler := range routes {
		if err := place.Handle(pattern, handler); err != nil {
			return fmt.Errorf("mount %s: %w", pattern, err)
		}
	}
	g.Serve("http", place)
	return nil
}

// limits makes limiters as the configuration wants them; nil for none.
func (c Config) limits() (*filter.Limits, error) {
	switch c.RateLimits {
	case "off":
		c.Log.Warn("rate limits are off: for load tests only")
		return nil, nil
	case "log":
		return filter.NewLimits(c.Metrics, c.Log)
	default:
		return filter.NewLimits(c.Metrics, nil)
	}
}

// limiters are generous for people and tight for programs: an office behind one address may poll with a hundred pages, and
// nobody types two messages a second for long.
func limiters(cfg Config) (limits widget.Limits, events *filter.Limiter, err error) {
	made, err := cfg.limits()
	if err != nil || made == nil {
		return limits, nil, err
	}
	for name, l := range map[string]struct {
		of **filter.Limiter
		filter.Rate
	}{
		"address": {&limits.Address, filter.Rate{Every: 50, Burst: 300}},
		"connect": {&limits.Connect, filter.Rate{Every: 50, Burst: 2000}},
		"session": {&limits.Session, filter.Rate{Every: 2, Burst: 60}},
		"uploads": {&limits.Uploads, filter.Rate{Every: 1, Burst: 60}},
		"volume":  {&limits.Volume, filter.Rate{Every: rate.Limit(float64(cfg.Files.HourlyBytes) / 3600), Burst: int(cfg.Files.HourlyBytes)}},
		"events":  {&events, filter.Rate{Every: 5, Burst: 30}},
	} {
		if *l.of, err = made.Limiter(name, l.Rate); err != nil {
			return limits, nil, err
		}
	}
	// A widget says with every key that somebody types. What is too much of it is nobody's mistake, and not counted.
	if limits.Typing, err = filter.NewLimiter(filter.Rate{Every: 1, Burst: 2}); err != nil {
		return limits, nil, err
	}
	return limits, events, nil
}
