package claim

import (
	"errors"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Project is what one project has.
type Project struct {
	Name     id.Project
	Telegram telegram.Config
	Discord  discord.Config
	Slack    slack.Config
}

// claimed is one thing that a project has, and where the file says so.
type claimed struct{ what, which, key string }

// Check tells what two projects both have, as *config.Error for each. The error holds no token.
func Check(projects []Project) error {
	owners := map[[2]string]id.Project{}
	var problems []error
	for _, p := range projects {
		for _, c := range p.claims() {
			thing := [2]string{c.what, c.which}
			owner, taken := owners[thing]
			switch {
			case c.which == "":
			case !taken:
				owners[thing] = p.Name
			case owner != p.Name:
				problems = append(problems, &config.Error{
					Variable: "projects." + string(p.Name) + "." + c.key, Found: "the " + c.what + " of project " + string(owner),
					Expected: "one of its own: two projects share no bot and no chat",
				})
			}
		}
	}
	return errors.Join(problems...)
}

func (p Project) claims() []claimed {
	var all []claimed
	if p.Telegram.Configured() {
		all = append(all, claimed{"Telegram bot", strconv.FormatInt(p.Telegram.BotID(), 10), "telegram.botToken"})
		for _, chat := range p.Telegram.ChatIDs() {
			all = append(all, claimed{"Telegram group", strconv.FormatInt(chat, 10), "telegram.chatId"})
		}
	}
	if p.Discord.BotMode() {
		all = append(all, claimed{"Discord bot", botOf(p.Discord), "discord.botToken"}, claimed{"Discord channel", p.Discord.Channel, "discord.channelId"})
	}
	if p.Discord.WebhookMode() {
		hookID, _ := p.Discord.Webhook()
		all = append(all, claimed{"Discord webhook", hookID, "discord.webhookUrl"})
	}
	if p.Slack.BotMode() {
		all = append(all, claimed{"Slack bot", p.Slack.Token, "slack.botToken"}, claimed{"Slack app token", p.Slack.AppToken, "slack.appToken"},
			claimed{"Slack channel", p.Slack.Channel, "slack.channelId"})
	}
	if p.Slack.WebhookMode() {
		all = append(all, claimed{"Slack webhook", strings.TrimRight(p.Slack.WebhookURL, "/"), "slack.webhookUrl"})
	}
	return all
}

// botOf names a bot by its user id; a token that has none is all there is to go by.
func botOf(c discord.Config) string {
	if known := c.BotID(); known != "" {
		return known
	}
	return c.Token
}
