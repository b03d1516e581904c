package notifier

import (
	"context"
	"fmt"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/condition"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/attach"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/discord"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/telegram"
)

// bridge is one connected platform.
type bridge struct {
	platform deliver.Platform
	pacer    *pace.Pacer
	// lease names the bot: one process at a time speaks for it.
	lease string
	// close ends the connections that are kept.
	close func()
}

// platforms are all there are, by name. A constructor answers nil for a platform that is not configured.
var platforms = map[string]func(Config, attach.Files) (*bridge, error){
	telegram.Name: openTelegram,
	discord.Name:  openDiscord,
}

func openTelegram(cfg Config, _ attach.Files) (*bridge, error) {
	if !cfg.Telegram.Configured() {
		return nil, nil
	}
	sender := telegram.New(cfg.Telegram, cfg.Log)
	return &bridge{
		platform: sender, close: sender.Disconnect, pacer: pace.New(telegram.Limits(cfg.Telegram, cfg.TelegramPerSecond)),
		lease: fmt.Sprintf("notifier.%s.%d", telegram.Name, cfg.Telegram.BotID()),
	}, nil
}

func openDiscord(cfg Config) (*bridge, error) {
	if err := cfg.Discord.Validate(); err != nil {
		return nil, err
	}
	pacer := pace.New(discord.Limits(cfg.Discord))
	o := discord.Options{Config: cfg.Discord, Freeze: pacer.Freeze, Log: cfg.Log.Named(discord.Name)}
	switch {
	case cfg.Discord.BotMode():
		bot := discord.NewBot(o)
		return &bridge{platform: bot, close: bot.Disconnect, pacer: pacer, lease: "notifier." + discord.Name + "." + cfg.Discord.BotID()}, nil
	case cfg.Discord.WebhookMode():
		webhook := discord.NewWebhook(o)
		hookID, _ := cfg.Discord.Webhook()
		return &bridge{platform: webhook, close: webhook.Disconnect, pacer: pacer, lease: "notifier." + discord.Name + ".webhook." + hookID}, nil
	}
	return nil, nil
}

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
	if !cfg.connected() {
		cfg.Log.Warn("no platform is configured, so nobody is told of new messages; " +
			"to connect Telegram set TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID, or run bellhop init telegram; " +
			"to connect Discord set DISCORD_BOT_TOKEN and DISCORD_CHANNEL_ID")
		return nil
	}
	b, sessions, err := upstream.Open(ctx, g, cfg.Runtime, "notifier", cfg.Upstream)
	if err != nil {
		return err
	}
	store, err := file.New(ctx, b)
	if err != nil {
		return err
	}
	bridges, err := openBridges(cfg, attach.Files{Store: store, Base: cfg.filesBase()})
	if err != nil {
		return err
	}
	board := condition.NewBoard(b.Notebook(), "notifier", cfg.Log)
	g.Go("conditions", board.Run)
	owner := string(id.NewMessage())
	for name, br := range bridges {
		metrics, err := deliver.NewMetrics(cfg.Metrics, name)
		if err != nil {
			return err
		}
		g.Defer(name+" connections", func(context.Context) error { br.close(); return nil })
		work := deliver.Config{
			Platform: br.platform, Sessions: sessionsv1.NewSessionsClient(sessions), Pacer: br.pacer,
			OnConnect: cfg.NotifyOn == "connect", Log: cfg.Log.Named(name), Metrics: metrics,
			Tell: func(problem string) { board.Tell(name, problem) },
		}
		cfg.Log.Info("delivering", zap.String("platform", name))
		g.Go(name, func(ctx context.Context) error { return deliver.Consume(ctx, b, work, br.lease, owner) },
			runner.StopWithin(deliver.StopTimeout))
	}
	return nil
}

// openBridges makes the platforms that are configured.
func openBridges(cfg Config, files attach.Files) (map[string]*bridge, error) {
	bridges := map[string]*bridge{}
	for name, open := range platforms {
		br, err := open(cfg, files)
		if err != nil {
			return nil, fmt.Errorf("configure %s: %w", name, err)
		}
		if br != nil {
			bridges[name] = br
		}
	}
	return bridges, nil
}
