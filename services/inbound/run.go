package inbound

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/bellhop-chat/bellhop/internal/condition"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
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
	b, sessions, err := upstream.Open(ctx, g, cfg.Runtime, "inbound", cfg.Upstream)
	if err != nil {
		return err
	}
	files, err := file.New(ctx, b)
	if err != nil {
		return err
	}
	desk := office.Options{
		Project: id.Default, Desk: &receive.Desk{Bus: b, Sessions: sessionsv1.NewSessionsClient(sessions)}, Files: files, MaxFile: cfg.MaxFile,
		Screenshots: cfg.Screenshots == "on", Log: cfg.Log,
	}
	board := condition.NewBoard(b.Notebook(), "inbound", cfg.Log)
	g.Go("conditions", board.Run)
	routes := map[string]http.Handler{}
	for name, receive := range receivers {
		office := desk
		office.Log = cfg.Log.Named(name)
		webhook, err := receive(g, cfg, office, func(problem string) { board.Tell(name, problem) })
		if err != nil {
			return fmt.Errorf("receive from %s: %w", name, err)
		}
		routes["POST /webhooks/"+name] = webhook
	}
	return serve(ctx, g, cfg, routes)
}

func serve(ctx context.Context, g *runner.Group, cfg Config, routes map[string]http.Handler) error {
	site, err := cfg.HTTP.Open(cfg.Log)
	if err != nil {
		return err
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
