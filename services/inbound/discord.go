package inbound

import (
	"context"
	"net/http"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/discord"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

// receiveDiscord starts the bot's parts and returns its webhook. A webhook of Discord's only sends: with nothing else there is nothing
// to receive. The answers are stopped last: what is received until then may want one.
func receiveDiscord(g *runner.Group, cfg Config, desk office.Options, tell func(string)) (http.Handler, error) {
	if !cfg.Discord.BotMode() {
		return http.HandlerFunc(discord.NotConfigured), nil
	}
	part := cfg.part(discord.Name)
	metrics, err := office.NewMetrics(cfg.Metrics, discord.Name)
	if err != nil {
		return nil, err
	}
	g.Defer(part+" metrics", func(context.Context) error { metrics.Unregister(cfg.Metrics); return nil })
	desk.Metrics = metrics
	bot, err := discord.New(discord.Options{Office: desk, Config: cfg.Discord, TestBots: cfg.TestBots, Tell: tell})
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
