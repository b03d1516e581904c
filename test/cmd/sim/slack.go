package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

// socketLifetime is what Slack itself announces for a connection.
const socketLifetime = 18060 * time.Second

func slackPlatform() platform {
	var o slack.Options
	var operators string
	return platform{
		flags: func(set *flag.FlagSet) {
			set.StringVar(&o.Addr, "slack-addr", "127.0.0.1:8093", "address, a loopback one, of the simulated Slack; empty: none")
			set.StringVar(&o.URL, "slack-url", "", "http://host:port of the simulated Slack as others know it, where they are on other machines; its address may be any then")
			set.StringVar(&o.Token, "slack-token", slack.DefaultToken, "the bot's token, xoxb-…")
			set.StringVar(&o.AppToken, "slack-app-token", slack.DefaultAppToken, "the app-level token, xapp-…")
			set.StringVar(&o.SigningSecret, "slack-signing-secret", slack.DefaultSigningSecret, "what requests to the app are signed with")
			set.StringVar(&o.ChannelID, "slack-channel", slack.DefaultChannelID, "the channel's id")
			set.StringVar(&operators, "slack-operators", "Olga,Omar", "names of the operators")
			set.Int64Var(&o.Seed, "slack-seed", 1, "seed of ids and chances")
			set.BoolVar(&o.Budget.Off, "slack-no-limits", false, "refuse nothing for its rate")
		},
		start: func(ctx context.Context, log *zap.Logger) (string, func(), error) {
			if o.Addr == "" {
				return "Slack (simulated): off", func() {}, nil
			}
			if !strings.HasPrefix(o.Token, "xoxb-") {
				return "", nil, fmt.Errorf("slack-token: want xoxb-…")
			}
			if !strings.HasPrefix(o.AppToken, "xapp-") {
				return "", nil, fmt.Errorf("slack-app-token: want xapp-…")
			}
			o.Logger, o.SocketLifetime = log, socketLifetime
			o.Operators = strings.Split(operators, ",")
			sim := slack.New(o)
			if err := sim.Start(ctx); err != nil {
				return "", nil, fmt.Errorf("start slack: %w", err)
			}
			notice := fmt.Sprintf("Slack (simulated): %s\n  SLACK_API_URL=%s SLACK_BOT_TOKEN=%s SLACK_CHANNEL_ID=%s\n  SLACK_APP_TOKEN=%s SLACK_SIGNING_SECRET=%s",
				sim.PageURL(), sim.URL(), sim.Token(), sim.ChannelID(), sim.AppToken(), sim.SigningSecret())
			return notice, sim.Close, nil
		},
	}
}
