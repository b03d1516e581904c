package notifier

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/condition"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pusher"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/webhook"
)

// Run delivers until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg.Runtime = cfg.WithDefaults()
	g, ctx := runner.NewGroup(ctx, "notifier", cfg.Runtime)
	return g.Wait(build(ctx, g, cfg))
}

func build(ctx context.Context, g *runner.Group, cfg Config) error {
	if err := cfg.checkPlatforms(); err != nil {
		return err
	}
	if !cfg.anything() {
		return nil
	}
	b, conn, err := upstream.Open(ctx, g, cfg.Runtime, "notifier", cfg.Upstream)
	if err != nil {
		return err
	}
	store, err := file.New(ctx, b)
	if err != nil {
		return err
	}
	w := wiring{Config: cfg, group: g, bus: b, sessions: sessionsv1.NewSessionsClient(conn), owner: string(id.NewMessage())}
	for _, p := range cfg.each() {
		if err := w.of(p, store).run(); err != nil {
			return err
		}
	}
	return nil
}

// anything tells whether there is something to do, and warns of projects where nobody is told.
func (c Config) anything() (found bool) {
	for _, p := range c.each() {
		if len(p.DeliverTo) == 0 && len(p.Connected()) == 0 {
			c.Log.Warn("no platform is configured, so nobody is told of new messages: set TELEGRAM_BOT_TOKEN, DISCORD_BOT_TOKEN or "+
				"SLACK_BOT_TOKEN and what belongs to it, or run bellhop init", zap.String("project", string(p.Project)))
		}
		told := p.Webhook.EventsURL != "" || p.Webhook.BackendURL != "" || p.Pusher.On()
		found = found || len(p.Connected()) > 0 || told && p.delivers(webhookPlatform)
	}
	if !found && len(c.DeliverTo) > 0 {
		c.Log.Info("nothing to deliver: what DELIVER_TO names is not configured", zap.Strings("platforms", c.DeliverTo))
	}
	return found
}

// wiring is what everything that delivers is connected to.
type wiring struct {
	Config
	group    *runner.Group
	bus      *bus.Bus
	sessions sessionsv1.SessionsClient
	files    shelf.Shelf
	board    *condition.Board
	// owner is this process in leases.
	owner string
}

// of is the wiring of one project.
func (w wiring) of(p Config, store *file.Store) wiring {
	p.Runtime = w.Runtime
	if len(w.Projects) > 0 {
		p.Log = p.Log.With(zap.String("project", string(p.Project)))
		p.Metrics = prometheus.WrapRegistererWith(prometheus.Labels{"project": string(p.Project)}, p.Metrics)
	}
	w.files = shelf.Of(store, w.filesBase(p.Project))
	w.board = condition.NewBoard(w.bus.Notebook(), "notifier", p.Log).For(p.Project)
	w.Config = p
	return w
}

// run starts what a project has.
func (w wiring) run() error {
	w.group.Go("conditions of "+string(w.Project), w.board.Run)
	for name, br := range openBridges(w.Config, w.files) {
		if err := w.deliver(name, br); err != nil {
			return err
		}
	}
	if !w.delivers(webhookPlatform) {
		return nil
	}
	for _, d := range webhook.Destinations(w.Project, w.Webhook) {
		if err := w.tell(d); err != nil {
			return err
		}
	}
	for _, r := range pusher.Receivers(w.Project, w.Pusher, w.Webhook.AllowPrivate) {
		if err := w.tellOfChannels(r); err != nil {
			return err
		}
	}
	return nil
}

// part names what a project has in this process's log.
func (w wiring) part(name string) string { return webhook.Key(name, w.Project) }

// deliver runs the deliveries to one platform.
func (w wiring) deliver(name string, br *bridge) error {
	metrics, err := deliver.NewMetrics(w.Metrics, name)
	if err != nil {
		return err
	}
	w.group.Defer(w.part(name)+" connections", func(context.Context) error { br.close(); return nil })
	if br.hear != nil {
		stop, err := br.hear(w.bus)
		if err != nil {
			return err
		}
		w.group.Defer(w.part(name)+" signals", func(context.Context) error { stop(); return nil })
	}
	work := deliver.Config{
		Platform: br.platform, Project: w.Project, Sessions: w.sessions, Pacer: br.pacer, OnConnect: w.NotifyOn == "connect", Log: w.Log.Named(name), Metrics: metrics,
		Tell: func(problem string) { w.board.Tell(name, problem) },
	}
	w.Log.Info("delivering", zap.String("platform", name))
	w.group.Go(w.part(name), func(ctx context.Context) error { return deliver.Consume(ctx, w.bus, work, br.lease, w.owner) },
		runner.StopWithin(deliver.StopTimeout))
	return nil
}

// tell runs the deliveries to one of the customer's servers.
func (w wiring) tell(d *webhook.Destination) error {
	metrics, err := webhook.NewMetrics(w.Metrics, d.Name)
	if err != nil {
		return err
	}
	w.group.Defer(w.part(d.Name)+" connections", func(context.Context) error { d.Disconnect(); return nil })
	opts := webhook.Options{
		Destination: d, Sessions: w.sessions, Log: w.Log.Named(d.Name), Metrics: metrics, Link: w.files.Address,
		Tell: func(problem string) { w.board.Tell(d.Name, problem) },
	}
	w.Log.Info("telling", zap.String("destination", d.Name))
	w.group.Go(w.part(d.Name), func(ctx context.Context) error { return webhook.Serve(ctx, w.bus, opts, w.owner) }, runner.StopWithin(webhook.StopTimeout))
	return nil
}

// tellOfChannels runs the deliveries to one of those that are told of channels.
func (w wiring) tellOfChannels(r *pusher.Receiver) error {
	metrics, err := pusher.NewMetrics(w.Metrics, r.Name)
	if err != nil {
		return err
	}
	w.group.Defer(w.part(r.Name)+" connections", func(context.Context) error { r.Disconnect(); return nil })
	opts := pusher.Options{Receiver: r, Log: w.Log.Named(r.Name), Metrics: metrics, Tell: func(problem string) { w.board.Tell(r.Name, problem) }}
	w.Log.Info("telling", zap.String("destination", r.Name))
	w.group.Go(w.part(r.Name), func(ctx context.Context) error { return pusher.Serve(ctx, w.bus, opts, w.owner) }, runner.StopWithin(pusher.StopTimeout))
	return nil
}
