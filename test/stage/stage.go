package stage

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
	"github.com/bellhop-chat/bellhop/test/sim/slack"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

// Names of the platforms, as on the bus.
const (
	Telegram = "telegram"
	Discord  = "discord"
	Slack    = "slack"
)

// Names are all platforms.
func Names() []string { return []string{Telegram, Discord, Slack} }

// Options of a stage.
type Options struct {
	// RequestLog is how many calls each platform remembers; its own default unless given.
	RequestLog int
	// Hurried: Slack brings events that were refused again within seconds, where the real one waits for minutes.
	Hurried bool
}

// Stage is the three platforms.
type Stage struct {
	Telegram *telegram.Server
	Discord  *discord.Server
	Slack    *slack.Server
}

// conversations is how many threads Discord allows to be active at once here; there it is about a thousand.
const conversations = 100_000

// Open starts the platforms, until Close.
func Open(ctx context.Context, o Options) (*Stage, error) {
	var retries []time.Duration
	if o.Hurried {
		retries = []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}
	}
	s := &Stage{
		Telegram: telegram.New(telegram.Options{RequestLog: o.RequestLog, Budget: telegram.Budget{Off: true}}),
		Discord:  discord.New(discord.Options{RequestLog: o.RequestLog, ActiveThreads: conversations, Budget: plenty()}),
		Slack:    slack.New(slack.Options{RequestLog: o.RequestLog, Retries: retries, Budget: slack.Budget{Off: true}, ShareDelay: -1}),
	}
	for _, platform := range s.servers() {
		if err := platform.Start(context.WithoutCancel(ctx)); err != nil {
			s.Close()
			return nil, fmt.Errorf("start the platforms: %w", err)
		}
	}
	return s, nil
}

type server interface {
	Start(context.Context) error
	Close()
}

func (s *Stage) servers() []server { return []server{s.Telegram, s.Discord, s.Slack} }

// Close ends them.
func (s *Stage) Close() {
	for _, platform := range s.servers() {
		platform.Close()
	}
}

// plenty allows Discord's clients a lot, because its answers tell how much is left.
func plenty() discord.Budget {
	rate := discord.Rate{Limit: 1_000_000, Per: time.Second}
	return discord.Budget{
		Off: true, Global: rate, Create: rate, Edit: rate, Delete: rate, Reaction: rate, Typing: rate, Thread: rate, Rename: rate,
		OldEdit: rate, Webhook: rate, Minute: rate, Other: rate, Invalid: rate, Sends: rate, Identify: rate, Starts: rate,
	}
}

// WebhookSecret is what Telegram sends along.
const WebhookSecret = "a-webhook-secret-for-tests"

// Env are the variables by which an installation finds the platforms, and keeps to no rate. Where there is a public address Telegram
// and Slack post to it; else the one is asked and the other opens a socket.
func (s *Stage) Env() []string {
	return []string{
		"TELEGRAM_API_URL=" + s.Telegram.URL(), "TELEGRAM_BOT_TOKEN=" + s.Telegram.Token(),
		"TELEGRAM_CHAT_ID=" + strconv.FormatInt(s.Telegram.ChatID(), 10), "TELEGRAM_WEBHOOK_SECRET=" + WebhookSecret,
		"TELEGRAM_BUDGET_PER_MINUTE=0", "TELEGRAM_RATE_PER_SECOND=0",
		"DISCORD_API_URL=" + s.Discord.URL(), "DISCORD_BOT_TOKEN=" + s.Discord.Token(), "DISCORD_CHANNEL_ID=" + s.Discord.ChannelID(),
		"DISCORD_PUBLIC_KEY=" + s.Discord.PublicKey(), "DISCORD_GLOBAL_PER_SECOND=0", "DISCORD_MESSAGES_PER_5S=0",
		"SLACK_API_URL=" + s.Slack.URL(), "SLACK_BOT_TOKEN=" + s.Slack.Token(), "SLACK_CHANNEL_ID=" + s.Slack.ChannelID(),
		"SLACK_SIGNING_SECRET=" + s.Slack.SigningSecret(), "SLACK_APP_TOKEN=" + s.Slack.AppToken(), "SLACK_RATE_PER_SECOND=0",
	}
}

// Connect waits until each platform has a way to bring what people write to an installation. webhooks is where it listens; empty
// where it has no public address.
func (s *Stage) Connect(ctx context.Context, webhooks string) error {
	var slacks error
	if webhooks != "" {
		slacks = s.Slack.SetEventsURL(ctx, webhooks+"/webhooks/slack")
	} else {
		slacks = s.Slack.WaitFor(ctx, func(state slack.State) bool { return len(state.Connections()) > 0 })
	}
	telegrams := s.Telegram.WaitFor(ctx, func(state telegram.State) bool { return state.Polling() || state.WebhookURL() != "" })
	if err := errors.Join(telegrams, s.Discord.AwaitGateway(ctx), slacks); err != nil {
		return fmt.Errorf("the platforms are not heard: %w", err)
	}
	return nil
}
