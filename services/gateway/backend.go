package gateway

import (
	"cmp"
	"fmt"

	"golang.org/x/time/rate"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/access"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/api"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/foreign"
)

// tell hands an event to those who tell the project's backend.
func (h *house) tell(live bus.Live) {
	if s := h.sites[live.Project]; s != nil {
		s.relay.Hear(live)
		s.app.Received(live)
	}
}

// missed says that there may have been events that nobody was told.
func (h *house) missed() {
	for _, s := range h.sites {
		s.relay.Reset()
	}
}

// backend is what a customer's own servers call.
func (s *site) backend(book *access.Book, names *foreign.Names) (*api.Routes, error) {
	cfg := s.cfg
	o := access.Options{Environment: cfg.APIKey, Book: book, Project: cfg.Project, Proxies: cfg.TrustedProxies, Log: cfg.Log}
	made, err := cfg.limits()
	if err != nil {
		return nil, err
	}
	if made != nil {
		// A backend reports what all its visitors do; people and programs that look at conversations ask less.
		for name, l := range map[string]struct {
			of **filter.Limiter
			filter.Rate
		}{
			"calls": {&o.Calls, perMinute(cmp.Or(cfg.APIRate, 600))}, "reports": {&o.Reports, perMinute(cmp.Or(cfg.BridgeRate, 6000))},
			"guesses": {&o.Guesses, filter.Rate{Every: 1, Burst: 30}},
		} {
			if *l.of, err = made.Limiter(name, l.Rate); err != nil {
				return nil, fmt.Errorf("limit the API: %w", err)
			}
		}
	}
	routes := &api.Routes{
		Commands: s.commands, Gate: access.New(o), Names: names, Links: s.links.For(cfg.Project), Events: s.relay,
		Settings: s.settings, Shuts: cfg.Filters.shuts,
	}
	if cfg.PublicURL != nil {
		routes.Domain = cfg.PublicURL.Hostname()
	}
	return routes, nil
}

// perMinute is n calls at once, and as many in every minute.
func perMinute(n int) filter.Rate {
	return filter.Rate{Every: rate.Limit(float64(n) / 60), Burst: n}
}
