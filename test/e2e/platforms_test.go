package e2e

import (
	"slices"
	"strconv"
	"testing"
	"time"

	discordapi "github.com/bellhop-chat/bellhop/internal/platform/discord"
	slackapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	telegramapi "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound"
	"github.com/bellhop-chat/bellhop/services/notifier"
	"github.com/bellhop-chat/bellhop/test/sim/discord"
	"github.com/bellhop-chat/bellhop/test/sim/slack"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// everyPlatform are all there are.
var everyPlatform = []string{team.Telegram, team.Discord, team.Slack}

const webhookSecret = "the-secret-of-the-end-to-end-tests"

// platforms are the simulators of a stack; what it has not is nil.
type platforms struct {
	telegram *telegram.Server
	discord  *discord.Server
	slack    *slack.Server
	all      []team.Platform
	// limited: the real limits are kept. groups are further ones of Telegram's.
	limited bool
	groups  []int64
	// hooks: Discord and Slack are told by webhooks. hook is Discord's.
	hooks bool
	hook  string
}

func startPlatforms(t testing.TB, o setup) platforms {
	t.Helper()
	p := platforms{limited: o.real, groups: o.groups, hooks: o.hook}
	if slices.Contains(o.on, team.Telegram) {
		p.telegram = telegram.New(telegram.Options{MoreChats: o.groups, Budget: telegram.Budget{Off: !o.real}})
		p.add(t, p.telegram.Start(t.Context()), p.telegram.Close, team.OnTelegram(p.telegram))
	}
	if slices.Contains(o.on, team.Discord) {
		p.discord = discord.New(discord.Options{Budget: discordBudget(o.real), TextChannel: o.text})
		p.add(t, p.discord.Start(t.Context()), p.discord.Close, team.OnDiscord(p.discord))
		if o.hook {
			hook, err := p.discord.CreateWebhook(t.Context(), "Bellhop")
			if err != nil {
				t.Fatal(err)
			}
			p.hook = hook.URL
		}
	}
	if slices.Contains(o.on, team.Slack) {
		p.slack = slack.New(slack.Options{Budget: slack.Budget{Off: !o.real}, ShareDelay: -1, Disorder: o.disorder})
		p.add(t, p.slack.Start(t.Context()), p.slack.Close, team.OnSlack(p.slack))
	}
	return p
}

func (p *platforms) add(t testing.TB, err error, stop func(), on team.Platform) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	p.all = append(p.all, on)
}

// discordBudget is what Discord allows. Without limits it allows a lot, because its answers tell how much is left.
func discordBudget(limited bool) discord.Budget {
	if limited {
		return discord.Budget{}
	}
	plenty := discord.Rate{Limit: 1_000_000, Per: time.Second}
	return discord.Budget{
		Global: plenty, Create: plenty, Edit: plenty, Delete: plenty, Reaction: plenty, Typing: plenty, Thread: plenty, Rename: plenty,
		OldEdit: plenty, Webhook: plenty, Minute: plenty, Other: plenty, Invalid: plenty, Sends: plenty, Identify: plenty, Starts: plenty,
	}
}

func named(name string) func(team.Platform) bool {
	return func(p team.Platform) bool { return p.Name() == name }
}

// at is a platform of the stack, in a test.
func (p *platforms) at(t testing.TB, name string) team.Desk {
	t.Helper()
	i := slices.IndexFunc(p.all, named(name))
	if i < 0 {
		t.Fatalf("the stack has no %s", name)
	}
	return team.At(t, p.all[i])
}

// others are all platforms but one.
func (p *platforms) others(t testing.TB, than team.Desk) []team.Desk {
	var desks []team.Desk
	for _, other := range p.all {
		if other.Name() != than.Name() {
			desks = append(desks, team.At(t, other))
		}
	}
	return desks
}

func (p *platforms) bots() (telegramapi.Config, discordapi.Config, slackapi.Config) {
	var bot telegramapi.Config
	var app discordapi.Config
	var workspace slackapi.Config
	if p.telegram != nil {
		bot = telegramapi.Config{
			Token: p.telegram.Token(), Chats: []string{strconv.FormatInt(p.telegram.ChatID(), 10)}, APIURL: p.telegram.URL(),
			WebhookSecret: webhookSecret, MaxDownload: 20 << 20, MaxUpload: 50 << 20, MaxPhoto: 10 << 20,
		}
		for _, chat := range p.groups {
			bot.Chats = append(bot.Chats, strconv.FormatInt(chat, 10))
		}
	}
	if p.discord != nil {
		app = discordapi.Config{
			Token: p.discord.Token(), Channel: p.discord.ChannelID(), APIURL: p.discord.URL(), PublicKey: p.discord.PublicKey(),
			EnableGateway: true, MaxFileBytes: 10 << 20, AutoArchive: 7 * 24 * time.Hour,
		}
		if p.hook != "" {
			app = discordapi.Config{WebhookURL: p.hook, APIURL: p.discord.URL(), MaxFileBytes: 10 << 20}
		}
	}
	if p.slack != nil {
		workspace = slackapi.Config{
			Token: p.slack.Token(), AppToken: p.slack.AppToken(), SigningSecret: p.slack.SigningSecret(), Channel: p.slack.ChannelID(),
			APIURL: p.slack.URL(),
		}
		if p.hooks {
			workspace = slackapi.Config{WebhookURL: p.slack.WebhookURL(), APIURL: p.slack.URL()}
		}
	}
	return bot, app, workspace
}

// notify has a notifier send to the platforms, at the rates that their documents name or at none.
func (p *platforms) notify(cfg *notifier.Config) {
	cfg.Telegram, cfg.Discord, cfg.Slack = p.bots()
	if p.limited {
		cfg.Telegram.BudgetPerMinute, cfg.TelegramPerSecond = 20, 1
		cfg.Discord.GlobalPerSecond, cfg.Discord.MessagesPer5s = 50, 5
		cfg.Slack.RatePerSecond, cfg.Slack.Burst = 1, 4
	}
}

// receive has an inbound service hear the platforms.
func (p *platforms) receive(cfg *inbound.Config) {
	cfg.Telegram, cfg.Discord, cfg.Slack = p.bots()
	if p.limited {
		cfg.Telegram.BudgetPerMinute = 20
	}
}

// connect gives each platform its way in, and waits until it has one.
func (p *platforms) connect(t testing.TB, address string, o setup) {
	t.Helper()
	ctx := visitor.Within(t)
	heard := func(name string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s is not heard: %v", name, err)
		}
	}
	if p.telegram != nil {
		heard(team.Telegram, p.telegram.WaitFor(ctx, func(s telegram.State) bool { return s.Polling() || s.WebhookURL() != "" }))
	}
	if p.discord != nil && p.hook == "" {
		heard(team.Discord, p.discord.AwaitGateway(ctx))
	}
	switch {
	case p.slack == nil, p.hooks:
	case o.private:
		heard(team.Slack, p.slack.WaitFor(ctx, func(s slack.State) bool { return len(s.Connections()) > 0 }))
	default:
		heard(team.Slack, p.slack.SetEventsURL(ctx, address+"/webhooks/slack"))
		heard(team.Slack, p.slack.SetInteractivityURL(address+"/webhooks/slack"))
	}
}
