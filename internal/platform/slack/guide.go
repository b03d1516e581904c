package slack

import "github.com/bellhop-chat/bellhop/internal/runner/config"

var tokenGuide = []string{
	"1. Open https://api.slack.com/apps and press Create New App",
	"2. Choose \"From a manifest\" and paste docs/slack-manifest.yaml",
	"   (by hand: the bot scopes chat:write, channels:read,",
	"   channels:join, channels:history, groups:history, users:read)",
	"3. Press Install to Workspace and allow it",
	"4. Copy the Bot User OAuth Token; it begins with xoxb-",
	"5. Set it:",
	"",
	"   SLACK_BOT_TOKEN=xoxb-…",
}

var channelGuide = []string{
	"1. Open the channel in Slack and click on its name",
	"2. Copy the Channel ID at the bottom of the details;",
	"   it begins with C or G",
	"3. A private channel: write /invite @Bellhop in it",
	"4. Set it:",
	"",
	"   SLACK_CHANNEL_ID=C0123456789",
}

var webhookGuide = []string{
	"1. Open https://api.slack.com/apps and choose your app",
	"2. Switch on Incoming Webhooks, add one to a channel",
	"3. Copy its address; it begins with https://hooks.slack.com/",
	"   (it only sends: to answer from Slack, set up the bot)",
	"4. Set it:",
	"",
	"   SLACK_WEBHOOK_URL=https://hooks.slack.com/services/…",
}

func setup(missing string, guide []string) error {
	return &config.SetupError{Bridge: "Slack", Missing: missing, Guide: guide, DocsURL: "https://docs.slack.dev/app-management/quickstart-app-settings"}
}
