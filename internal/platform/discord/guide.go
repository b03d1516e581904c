package discord

import "github.com/bellhop-chat/bellhop/internal/runner/config"

var tokenGuide = []string{
	"1. Open https://discord.com/developers/applications",
	"2. New Application, then Bot, then Reset Token: copy it",
	"3. On the same page switch on Message Content Intent",
	"4. OAuth2, URL Generator: tick bot and applications.commands,",
	"   open the address and add the bot to your server",
	"5. Set it:",
	"",
	"   DISCORD_BOT_TOKEN=MTIz….Gabc….…",
}

var channelGuide = []string{
	"1. In Discord's settings, Advanced: switch on Developer Mode",
	"2. Make a forum channel (advised) or a text channel that the",
	"   bot may see and write in",
	"3. Right-click the channel, Copy Channel ID: 17 to 20 digits",
	"4. Set it:",
	"",
	"   DISCORD_CHANNEL_ID=123456789012345678",
}

var webhookGuide = []string{
	"A webhook only sends: nobody can answer visitors through it.",
	"",
	"1. Open the channel's settings, Integrations, Webhooks",
	"2. New Webhook, then Copy Webhook URL",
	"3. Set it:",
	"",
	"   DISCORD_WEBHOOK_URL=https://discord.com/api/webhooks/…",
}

func setup(missing string, guide []string) error {
	return &config.SetupError{Bridge: "Discord", Missing: missing, Guide: guide, DocsURL: "https://discord.com/developers/docs/quick-start/getting-started"}
}
