package claim_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/platform/claim"
	"github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// of is a project with everything, of which nobody else has anything. n tells it from others.
func of(name id.Project, n string) claim.Project {
	return claim.Project{
		Name:     name,
		Telegram: telegram.Config{Token: "700" + n + ":canary", Chats: []string{"-100123000000" + n, "-100124000000" + n}},
		Discord:  discord.Config{Token: base64.RawURLEncoding.EncodeToString([]byte("144000000000000110"+n)) + ".a.canary", Channel: "144000000000000130" + n},
		Slack:    slack.Config{Token: "xoxb-canary-" + n, AppToken: "xapp-canary-" + n, Channel: "C0000000" + n},
	}
}

func TestTwoProjectsShareNoBotAndNoChat(t *testing.T) {
	hooks := func(p *claim.Project, n string) {
		p.Discord = discord.Config{WebhookURL: "https://discord.com/api/webhooks/144000000000000150" + n + "/canary-canary-canary"}
		p.Slack = slack.Config{WebhookURL: "https://hooks.slack.com/services/canary" + n}
	}
	for name, c := range map[string]struct {
		change func(shop, support *claim.Project)
		want   string
	}{
		"nothing":                        {func(_, _ *claim.Project) {}, ""},
		"webhooks of their own":          {func(a, b *claim.Project) { hooks(a, "1"); hooks(b, "2") }, ""},
		"nothing configured":             {func(a, b *claim.Project) { *a, *b = claim.Project{Name: "shop"}, claim.Project{Name: "support"} }, ""},
		"a bot by another of its tokens": {func(a, b *claim.Project) { b.Telegram.Token = "7001:another" }, "projects.support.telegram.botToken: found the Telegram bot of project shop"},
		"a second group":                 {func(a, b *claim.Project) { b.Telegram.Chats[1] = a.Telegram.Chats[0] }, "projects.support.telegram.chatId"},
		"a bot in Discord":               {func(a, b *claim.Project) { b.Discord.Token = a.Discord.Token + "x" }, "projects.support.discord.botToken"},
		"a bot without a readable id":    {func(a, b *claim.Project) { a.Discord.Token, b.Discord.Token = "canary", "canary" }, "projects.support.discord.botToken"},
		"a channel in Discord":           {func(a, b *claim.Project) { b.Discord.Channel = a.Discord.Channel }, "projects.support.discord.channelId"},
		"a webhook in Discord":           {func(a, b *claim.Project) { hooks(a, "1"); hooks(b, "1") }, "projects.support.discord.webhookUrl"},
		"an app":                         {func(a, b *claim.Project) { b.Slack.Token = a.Slack.Token }, "projects.support.slack.botToken"},
		"a socket":                       {func(a, b *claim.Project) { b.Slack.AppToken = a.Slack.AppToken }, "projects.support.slack.appToken"},
		"a channel in Slack":             {func(a, b *claim.Project) { b.Slack.Channel = a.Slack.Channel }, "projects.support.slack.channelId"},
		"a webhook in Slack":             {func(a, b *claim.Project) { hooks(a, "1"); hooks(b, "1") }, "projects.support.slack.webhookUrl"},
	} {
		shop, support := of("shop", "1"), of("support", "2")
		c.change(&shop, &support)
		err := claim.Check([]claim.Project{shop, support})
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "canary")) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	twice := of("shop", "1")
	twice.Telegram.Chats[1] = twice.Telegram.Chats[0]
	if err := claim.Check([]claim.Project{twice}); err != nil {
		t.Errorf("a project that names its own group twice: %v", err)
	}
}
