package notifier

import (
	"fmt"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/discord"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/slack"
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
	// hear listens on the bus for what the platform's receiver tells; nil for nothing.
	hear func(*bus.Bus) (stop func(), err error)
}

// platforms are all there are, by name. A constructor answers nil for a platform that is not configured.
var platforms = map[string]func(Config, shelf.Shelf) *bridge{
	telegram.Name: openTelegram,
	discord.Name:  openDiscord,
	slack.Name:    openSlack,
}

// openBridges makes the platforms that are configured and this process's business.
func openBridges(cfg Config, files shelf.Shelf) map[string]*bridge {
	bridges := map[string]*bridge{}
	for name, open := range platforms {
		if !cfg.delivers(name) {
			continue
		}
		if br := open(cfg, files); br != nil {
			bridges[name] = br
		}
	}
	return bridges
}

func openTelegram(cfg Config, files shelf.Shelf) *bridge {
	if !cfg.Telegram.Configured() {
		return nil
	}
	sender := telegram.New(cfg.Telegram, files, cfg.Log)
	return &bridge{
		platform: sender, close: sender.Disconnect, pacer: pace.New(telegram.Limits(cfg.Telegram, cfg.TelegramPerSecond)),
		lease: fmt.Sprintf("notifier.%s.%d", telegram.Name, cfg.Telegram.BotID()),
	}
}

func openDiscord(cfg Config, files shelf.Shelf) *bridge {
	pacer := pace.New(discord.Limits(cfg.Discord))
	o := discord.Options{Config: cfg.Discord, Freeze: pacer.Freeze, Files: files, Log: cfg.Log.Named(discord.Name)}
	switch {
	case cfg.Discord.BotMode():
		bot := discord.NewBot(o)
		return &bridge{platform: bot, close: bot.Disconnect, pacer: pacer, lease: "notifier." + discord.Name + "." + cfg.Discord.BotID()}
	case cfg.Discord.WebhookMode():
		webhook := discord.NewWebhook(o)
		hookID, _ := cfg.Discord.Webhook()
		return &bridge{platform: webhook, close: webhook.Disconnect, pacer: pacer, lease: "notifier." + discord.Name + ".webhook." + hookID}
	}
	return nil
}

func openSlack(cfg Config, files shelf.Shelf) *bridge {
	br := &bridge{pacer: pace.New(slack.Limits(cfg.Slack)), lease: fmt.Sprintf("notifier.%s.%s", slack.Name, cfg.Slack.Account())}
	switch {
	case cfg.Slack.BotMode():
		sender := slack.New(cfg.Slack, files, cfg.Log)
		br.platform, br.close, br.hear = sender, sender.Disconnect, sender.Hear
	case cfg.Slack.WebhookMode():
		hook := slack.NewHook(cfg.Slack, files)
		br.platform, br.close = hook, hook.Disconnect
	default:
		return nil
	}
	return br
}
