package main

import (
	"context"
	"fmt"

	"github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
)

// telegram connects a bot and its group.
func (s *setup) telegram(ctx context.Context) error {
	cfg := telegram.Config{APIURL: s.apiURL("TELEGRAM_API_URL", telegram.DefaultAPIURL)}
	var err error
	if cfg.Token, err = s.ask("1. In Telegram, write to @BotFather, send /newbot, and copy the token.\n   Token: "); err != nil {
		return err
	}
	// The group is asked for next; until then a placeholder of the right form lets the token be checked on its own.
	cfg.Chats = []string{"-1000000000000"}
	if err := cfg.Validate(); err != nil {
		return err
	}
	client := telegram.New(cfg)
	defer client.CloseIdleConnections()
	err = try(ctx, func(ctx context.Context) error {
		me, err := client.GetMe(ctx)
		if err != nil {
			return fmt.Errorf("try the token: %w", err)
		}
		fmt.Fprintf(s.out, "   This is @%s.\n", me.Username)
		return nil
	})
	if err != nil {
		return err
	}
	group, err := s.ask("2. Make a group, switch on Topics, add the bot as an administrator who may manage topics and delete messages.\n   Its id, which begins with -100: ")
	if err != nil {
		return err
	}
	cfg.Chats = []string{group}
	if err := cfg.Validate(); err != nil {
		return err
	}
	err = try(ctx, func(ctx context.Context) error {
		return s.accept(client.Examine(ctx, cfg.ChatIDs(), telegram.Examination{}))
	})
	if err != nil {
		return err
	}
	return s.write(map[string]string{"TELEGRAM_BOT_TOKEN": cfg.Token, "TELEGRAM_CHAT_ID": group})
}

// discord connects a bot and its channel.
func (s *setup) discord(ctx context.Context) error {
	cfg := discord.Config{APIURL: s.apiURL("DISCORD_API_URL", discord.DefaultAPIURL), Channel: "100000000000000000"}
	var err error
	if cfg.Token, err = s.ask("1. In https://discord.com/developers/applications make an application, then Bot: switch on Message Content Intent, reset the token and copy it.\n   Token: "); err != nil {
		return err
	}
	if err := cfg.Validate(); err != nil {
		return err
	}
	client := discord.New(cfg)
	defer client.CloseIdleConnections()
	var invite string
	err = try(ctx, func(ctx context.Context) error {
		app, err := client.GetApplication(ctx)
		if err != nil {
			return fmt.Errorf("try the token: %w", err)
		}
		fmt.Fprintf(s.out, "   This is %s.\n", app.Name)
		invite = discord.InviteURL(app.ID)
		return nil
	})
	if err != nil {
		return err
	}
	channel, err := s.ask("2. Add the bot to your server: " + invite +
		"\n3. Make a forum channel. Switch on Developer Mode in your settings (Advanced), then: right click on the channel, Copy Channel ID.\n   Channel: ")
	if err != nil {
		return err
	}
	if cfg.Channel = channel; cfg.Validate() != nil {
		return cfg.Validate()
	}
	err = try(ctx, func(ctx context.Context) error { return s.accept(client.Examine(ctx, cfg, "")) })
	if err != nil {
		return err
	}
	return s.write(map[string]string{"DISCORD_BOT_TOKEN": cfg.Token, "DISCORD_CHANNEL_ID": cfg.Channel})
}

// slack connects an app and its channel.
func (s *setup) slack(ctx context.Context) error {
	cfg := slack.Config{APIURL: s.apiURL("SLACK_API_URL", slack.DefaultAPIURL), Channel: "C00000000"}
	var err error
	if cfg.Token, err = s.ask("1. In https://api.slack.com/apps: Create New App, From a manifest, paste docs/slack-manifest.yaml, install it, and copy the Bot User OAuth Token.\n   Token (xoxb-…): "); err != nil {
		return err
	}
	if cfg.AppToken, err = s.may("2. Basic Information, App-Level Tokens: make one with the scope connections:write. It lets Bellhop hear Slack without a public address.\n" +
		"   App token (xapp-…; empty if Slack shall post to PUBLIC_URL): "); err != nil {
		return err
	}
	if cfg.AppToken == "" {
		if cfg.SigningSecret, err = s.ask("   Basic Information, App Credentials.\n   Signing secret: "); err != nil {
			return err
		}
	}
	if cfg.Channel, err = s.ask("3. In Slack: the channel's name, About, at the bottom. Invite the app to a private channel first: /invite @Bellhop\n   Channel ID: "); err != nil {
		return err
	}
	if err := cfg.Validate(); err != nil {
		return err
	}
	client := slack.New(cfg)
	defer client.CloseIdleConnections()
	err = try(ctx, func(ctx context.Context) error { return s.accept(client.Examine(ctx, cfg, cfg.AppToken == "")) })
	if err != nil {
		return err
	}
	return s.write(map[string]string{
		"SLACK_BOT_TOKEN": cfg.Token, "SLACK_CHANNEL_ID": cfg.Channel, "SLACK_APP_TOKEN": cfg.AppToken, "SLACK_SIGNING_SECRET": cfg.SigningSecret,
	})
}
