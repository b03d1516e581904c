package inbound

import (
	"context"
	"net/http"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/slack"
)

// receiveSlack starts the bot's parts and returns its webhook. The answers are stopped last: what is received until then may want one.
func receiveSlack(g *runner.Group, cfg Config, desk office.Options, tell func(string)) (http.Handler, error) {
	if !cfg.Slack.BotMode() {
		return http.HandlerFunc(slack.NotConfigured), nil
	}
	part := cfg.part(slack.Name)
	metrics, err := office.NewMetrics(cfg.Metrics, slack.Name)
	if err != nil {
		return nil, err
	}
	g.Defer(part+" metrics", func(context.Context) error { metrics.Unregister(cfg.Metrics); return nil })
	desk.Metrics = metrics
	public := cfg.PublicURL != nil
	if !cfg.Slack.SocketMode(public) && (!public || !cfg.Slack.Signed()) {
		cfg.Log.Warn("nothing is received from Slack: set SLACK_APP_TOKEN for Socket Mode, or PUBLIC_URL and SLACK_SIGNING_SECRET")
	}
	bot, err := slack.New(slack.Options{Office: desk, Config: cfg.Slack, Public: public, TestBots: cfg.TestBots, Tell: tell})
	if err != nil {
		return nil, err
	}
	g.Defer(part+" connections", func(context.Context) error { bot.Close(); return nil })
	g.Go(part+" answers", bot.Answer)
	g.Go(part+" name", bot.Identify)
	owner := string(id.NewMessage())
	g.Go(part, func(ctx context.Context) error { return bot.Run(ctx, owner) })
	return http.HandlerFunc(bot.Webhook), nil
}
