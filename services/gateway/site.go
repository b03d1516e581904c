package gateway

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/wire"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/absence"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/access"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/api"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/appearance"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/proof"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/pusher"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/relay"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/screenshot"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/setting"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/stream"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/widget"
)

// site is what the routes of one project share. Whatever it looks up, it looks up in its project.
type site struct {
	*house
	cfg         Config
	in          *intake.Intake
	absence     *absence.Watch
	screenshots *screenshot.Requests
	tracked     *appearance.Tracked
	settings    *setting.Settings
	commands    *api.Commands
	relay       *relay.Relay
	app         *pusher.Server // nil for none
}

// open makes the site of a project.
func (h *house) open(ctx context.Context, g *runner.Group, cfg Config) (*site, error) {
	cfg.Runtime, cfg.Files = h.cfg.Runtime, cfg.Files.WithDefaults()
	if len(h.cfg.Projects) > 0 {
		cfg.Log = cfg.Log.With(zap.String("project", string(cfg.Project)))
		cfg.Metrics = prometheus.WrapRegistererWith(prometheus.Labels{"project": string(cfg.Project)}, cfg.Metrics)
	}
	s := &site{house: h, cfg: cfg, in: &intake.Intake{Project: cfg.Project, Bus: h.bus, Directory: h.directory, Sessions: h.sessions, Log: cfg.Log}}
	var err error
	if s.settings, err = setting.Open(ctx, h.bus.Notebook(), cfg.Project, cfg.Filters.on(), cfg.Log); err != nil {
		return nil, err
	}
	g.Go("settings of "+string(cfg.Project), s.settings.Run)
	if cfg.Screenshots == "on" {
		if s.screenshots, err = screenshot.New(h.bus); err != nil {
			return nil, err
		}
	}
	if s.tracked, err = appearance.NewTracked(cfg.Widget.TrackedElements); err != nil {
		return nil, err
	}
	s.absence = absence.New(absence.Options{Intake: s.in, Hub: h.hub, After: cfg.LeftAfter, Log: cfg.Log})
	g.Go("absence of "+string(cfg.Project), s.absence.Run)
	g.Go("tracked elements of "+string(cfg.Project), func(ctx context.Context) error { return s.tracked.Watch(ctx, cfg.Log, s.retrack) })
	s.commands = &api.Commands{Intake: s.in, Links: h.links.For(cfg.Project)}
	s.relay = relay.New(relay.Options{Intake: s.in, Links: h.links.For(cfg.Project), Revoked: access.Revoked, Log: cfg.Log})
	g.Go("relay of "+string(cfg.Project), s.relay.Run)
	return s, nil
}

// retrack tells every page which elements are tracked now.
func (s *site) retrack() {
	s.hub.Broadcast(s.in.Project, hub.Frame{Data: wire.Frame("config_update", wire.ConfigUpdate{TrackedElements: s.tracked.Elements()})})
}

// mount adds the routes of a project. The default one is also where a widget looks that knows of no projects.
func (s *site) mount(g *runner.Group, routes map[string]http.Handler) error {
	cfg, links := s.cfg, s.links.For(s.cfg.Project)
	limits, events, err := limiters(cfg)
	if err != nil {
		return err
	}
	guard, err := cfg.guard(s.settings)
	if err != nil {
		return err
	}
	sockets, err := stream.New(stream.Options{
		Intake: s.in, Hub: s.hub, Render: s.render, Place: s.place, Presence: s.presence, Events: events, Links: links, Absence: s.absence, Screenshots: s.screenshots,
		Tracked: s.tracked, Look: cfg.Widget, Metrics: cfg.Metrics, Log: cfg.Log,
	})
	if err != nil {
		return err
	}
	g.Defer("sockets of "+string(cfg.Project), sockets.Close)
	options := widget.Options{
		Intake: s.in, Stream: sockets, Missed: sockets.Missed, Place: s.place, Origins: cfg.AllowedOrigins, Proxies: cfg.TrustedProxies, Limits: limits,
		Guard: guard, Heuristics: func() bool { return s.settings.Now().BotHeuristics },
		Files: s.files, FileLimits: cfg.Files, Links: links, Absence: s.absence, Screenshots: s.screenshots,
		Appearance: cfg.Widget, Tracked: s.tracked, WelcomeMessage: cfg.WelcomeMessage, Proofs: proof.New(cfg.Identity), BeginOnConnect: cfg.NotifyOn == "connect", Log: cfg.Log,
	}
	transfers := transfer.Handler(transfer.Options{
		Intake: s.in, Store: s.files, Limits: cfg.Files, Origins: cfg.AllowedOrigins, Proxies: cfg.TrustedProxies, Address: limits.Address, Log: cfg.Log,
	})
	own := file.ProjectPath + string(cfg.Project)
	routes[own+"/"], routes["GET "+own+"/health"] = widget.Handler(own, options), s.health()
	if cfg.Project == id.Default {
		routes[mount+"/"], routes[file.Path] = widget.Handler(mount, options), transfers
		return nil
	}
	routes[own+file.Path] = http.StripPrefix(own, transfers)
	return nil
}

func (s *site) health() *health {
	return &health{project: s.cfg.Project, bridges: s.cfg.Bridges, notes: s.bus.Notebook(), log: s.cfg.Log}
}

// health is that of the default project; where there is none it only tells that the gateway serves.
func (h *house) health() http.Handler {
	if s := h.sites[id.Default]; s != nil {
		return s.health()
	}
	return &health{project: id.Default, notes: h.bus.Notebook(), log: h.cfg.Log}
}

func unknownProject(w http.ResponseWriter, r *http.Request) {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, file.ProjectPath), "/")
	if _, err := id.ParseProject(name); err != nil {
		httpserver.Error(w, http.StatusNotFound, "not_found", "there is no such route")
		return
	}
	httpserver.Error(w, http.StatusNotFound, "unknown_project", fmt.Sprintf("there is no project %s here", name))
}
