package gateway

import (
	"context"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/pusher"
)

// openApps makes the Pusher apps of the projects that have one. From its return on no socket of theirs can miss anything.
func (h *house) openApps(ctx context.Context, g *runner.Group) error {
	var cache *bus.Cache
	var hooks *bus.Hooks
	for _, s := range h.sites {
		if !s.cfg.Pusher.On() {
			continue
		}
		if cache == nil {
			var err error
			if cache, err = h.bus.OpenCache(ctx); err != nil {
				return err
			}
		}
		if hooks == nil && s.cfg.Pusher.Hooked() {
			var err error
			if hooks, err = h.bus.OpenHooks(ctx); err != nil {
				return err
			}
		}
		var err error
		if s.app, err = s.openApp(ctx, g, cache, hooks); err != nil {
			return err
		}
		h.apps = append(h.apps, s.app)
	}
	return nil
}

// openApp makes the app of a project, and waits until it hears the bus.
func (s *site) openApp(ctx context.Context, g *runner.Group, cache *bus.Cache, hooks *bus.Hooks) (*pusher.Server, error) {
	if !s.cfg.Pusher.Hooked() {
		hooks = nil
	}
	app, err := pusher.New(pusher.Options{
		Config: s.cfg.Pusher, Project: s.cfg.Project, Bus: s.bus, Cache: cache, Hooks: hooks, Channels: s.channels, Origins: s.cfg.AllowedOrigins,
		Intake: s.in, Chat: s.hub, Absence: s.absence,
		Metrics: s.cfg.Metrics, Log: s.cfg.Log.Named("pusher"),
	})
	if err != nil {
		return nil, err
	}
	heard := make(chan struct{})
	g.Go("channels of "+string(s.cfg.Project), func(ctx context.Context) error { return app.Run(ctx, func() { close(heard) }) })
	g.Defer("channels of "+string(s.cfg.Project), app.Close)
	select {
	case <-heard:
		return app, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
