package inbound

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/condition"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/span"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/discord"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/slack"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/telegram"
)

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg.Runtime = cfg.WithDefaults()
	g, ctx := runner.NewGroup(ctx, "inbound", cfg.Runtime)
	return g.Wait(build(ctx, g, cfg))
}

func build(ctx context.Context, g *runner.Group, cfg Config) error {
	if err := cfg.ValidateProjects(); err != nil {
		return err
	}
	b, sessions, err := upstream.Open(ctx, g, cfg.Runtime, "inbound", cfg.Upstream)
	if err != nil {
		return err
	}
	files, err := file.New(ctx, b)
	if err != nil {
		return err
	}
	desk := office.Options{Desk: &receive.Desk{Bus: b, Sessions: sessionsv1.NewSessionsClient(sessions)}, Files: files, Tracer: span.Tracer(cfg.Traces)}
	routes := map[string]http.Handler{}
	for _, p := range cfg.each() {
		if err := receiveFor(g, cfg, p, desk, routes); err != nil {
			return err
		}
	}
	return serve(ctx, g, cfg, routes)
}

// receiveFor starts what receives for one project, and adds its webhooks to the routes.
func receiveFor(g *runner.Group, cfg, p Config, desk office.Options, routes map[string]http.Handler) error {
	p.Runtime = cfg.Runtime
	if len(cfg.Projects) > 0 {
		p.Log = p.Log.With(zap.String("project", string(p.Project)))
		p.Metrics = prometheus.WrapRegistererWith(prometheus.Labels{"project": string(p.Project)}, p.Metrics)
	}
	board := condition.NewBoard(desk.Desk.Bus.Notebook(), "inbound", p.Log).For(p.Project)
	g.Go("conditions of "+string(p.Project), board.Run)
	for name, receive := range receivers {
		office := desk
		office.Project, office.MaxFile, office.Screenshots, office.Log = p.Project, p.MaxFile, p.Screenshots == "on", p.Log.Named(name)
		webhook, err := receive(g, p, office, func(problem string) { board.Tell(name, problem) })
		if err != nil {
			return fmt.Errorf("receive from %s for project %s: %w", name, p.Project, err)
		}
		routes["POST "+WebhookPath(name, p.Project)] = webhook
	}
	return nil
}

func serve(ctx context.Context, g *runner.Group, cfg Config, routes map[string]http.Handler) error {
	site, err := cfg.HTTP.Open(cfg.Log)
	if err != nil {
		return err
	}
	if err := site.Watch(cfg.Metrics, cfg.Traces); err != nil {
		return errors.Join(err, site.Shutdown(ctx))
	}
	for pattern, webhook := range routes {
		if err := site.Handle(pattern, webhook); err != nil {
			return errors.Join(fmt.Errorf("mount webhooks: %w", err), site.Shutdown(ctx))
		}
	}
	g.Serve("http", site)
	return nil
}

// receiver starts what receives from a platform and returns its webhook. tell is told what is wrong with the platform's
// connection, and "" when it works.
type receiver func(g *runner.Group, cfg Config, desk office.Options, tell func(problem string)) (http.Handler, error)

// receivers are all there are, by platform. One that is not configured has a webhook that says so.
var receivers = map[string]receiver{
	telegram.Name: receiveTelegram,
	discord.Name:  receiveDiscord,
	slack.Name:    receiveSlack,
}
