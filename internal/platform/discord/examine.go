package discord

import (
	"context"
	"fmt"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/check"
)

// Examine looks at everything that a bot or a webhook needs: token, intents, channel, permissions, the way in. interactions is
// where Discord should post interactions; empty for over the gateway. It changes nothing.
func (c *Client) Examine(ctx context.Context, cfg Config, interactions string) []check.Finding {
	r := check.NewReport("discord")
	if cfg.WebhookMode() {
		c.examineHook(ctx, r)
		return r.Findings()
	}
	me, err := c.GetMe(ctx)
	if err != nil {
		r.Fail("token", "Discord does not take it: "+err.Error(), "reset the token in the developer portal (Bot) and put it into DISCORD_BOT_TOKEN")
		return r.Findings()
	}
	r.OK("token", "the bot is "+me.Username)
	c.examineApplication(ctx, r, cfg, interactions)
	c.examineStarts(ctx, r)
	c.examineChannel(ctx, r, cfg)
	return r.Findings()
}

func (c *Client) examineHook(ctx context.Context, r *check.Report) {
	hook, err := c.GetWebhook(ctx)
	if err != nil {
		r.Fail("webhook", err.Error(), "make a new webhook in the channel's settings (Integrations) and put its URL into DISCORD_WEBHOOK_URL")
		return
	}
	r.OK("webhook", fmt.Sprintf("%q posts to channel %s", hook.Name, hook.ChannelID))
	r.Warn("answers", "a webhook only sends: nobody can answer from Discord", "make a bot and set DISCORD_BOT_TOKEN and DISCORD_CHANNEL_ID")
}

func (c *Client) examineApplication(ctx context.Context, r *check.Report, cfg Config, interactions string) {
	app, err := c.GetApplication(ctx)
	if err != nil {
		r.Warn("application", err.Error(), "")
		return
	}
	if !app.ReadsMessages() {
		r.Fail("intents", "the bot may not read what people write", "switch on Message Content Intent in the developer portal (Bot)")
	} else {
		r.OK("intents", "the bot may read what people write")
	}
	switch {
	case cfg.PublicKey != "" && !strings.EqualFold(cfg.PublicKey, app.VerifyKey):
		r.Fail("public key", "DISCORD_PUBLIC_KEY is not this application's", "copy it from the developer portal (General Information)")
	case app.InteractionsURL != "" && cfg.PublicKey == "":
		r.Fail("interactions", "Discord posts them to an address, and DISCORD_PUBLIC_KEY is not set", "set it, or clear the Interactions Endpoint URL in the developer portal")
	case app.InteractionsURL != "" && app.InteractionsURL != interactions:
		r.Warn("interactions", "Discord posts them to another address", "clear the Interactions Endpoint URL in the developer portal, or set it to "+interactions)
	case app.InteractionsURL != "":
		r.OK("interactions", "posted to this installation")
	default:
		r.OK("interactions", "come over the gateway")
	}
}

// examineStarts warns early: a bot that exceeds the limit gets a new token.
func (c *Client) examineStarts(ctx context.Context, r *check.Report) {
	const few = 100
	info, err := c.GetGateway(ctx)
	switch {
	case err != nil:
		r.Warn("gateway", err.Error(), "")
	case info.Limit.Remaining < few:
		r.Warn("gateway", fmt.Sprintf("only %d of %d session starts are left today", info.Limit.Remaining, info.Limit.Total), "find out what keeps restarting")
	default:
		r.OK("gateway", fmt.Sprintf("%d of %d session starts are left today", info.Limit.Remaining, info.Limit.Total))
	}
}

func (c *Client) examineChannel(ctx context.Context, r *check.Report, cfg Config) {
	channel, err := c.GetChannel(ctx, cfg.Channel)
	if err != nil {
		r.Fail("channel", "cannot be seen: "+err.Error(), "invite the bot to the server, let it see the channel, and check DISCORD_CHANNEL_ID")
		return
	}
	if !channel.Type.IsForum() && channel.Type != ChannelText {
		r.Fail("channel", fmt.Sprintf("#%s is neither a forum nor a text channel", channel.Name), "name a forum channel in DISCORD_CHANNEL_ID")
		return
	}
	r.OK("channel", "#"+channel.Name)
	have, err := c.GetOwnPermissions(ctx, channel)
	if err != nil {
		r.Warn("permissions", "could not be read: "+err.Error(), "")
		return
	}
	missing := Missing(channel.Type, have)
	for _, need := range missing {
		note := r.Warn
		if need.Weight == Vital {
			note = r.Fail
		}
		if need.Weight != Optional {
			note("permission "+need.Name, "is missing: it is needed "+need.Why, "give the bot's role "+need.Name+" in this channel")
		}
	}
	for _, need := range Excessive(have) {
		r.Warn("permission "+need.Name, "is given: "+need.Why, "take it from the bot's role")
	}
	if len(missing) == 0 {
		r.OK("permissions", "all that are needed")
	}
}
