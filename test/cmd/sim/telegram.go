package main

import (
	"context"
	"flag"
	"fmt"
	"regexp"
	"strings"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

var botToken = regexp.MustCompile(`^[1-9][0-9]*:[A-Za-z0-9_-]+$`)

func telegramPlatform() platform {
	var o telegram.Options
	var operators string
	return platform{
		flags: func(set *flag.FlagSet) {
			set.StringVar(&o.Addr, "telegram-addr", "127.0.0.1:8091", "loopback address of the simulated Telegram; empty: none")
			set.StringVar(&o.Token, "telegram-token", telegram.DefaultToken, "the bot's token, <bot id>:<secret>")
			set.Int64Var(&o.ChatID, "telegram-chat", telegram.DefaultChatID, "the group's id")
			set.StringVar(&operators, "telegram-operators", "Olga,Omar", "names of the operators")
			set.Int64Var(&o.Seed, "telegram-seed", 1, "seed of ids and chances")
			set.BoolVar(&o.Budget.Off, "telegram-no-limits", false, "refuse nothing for its rate")
		},
		start: func(ctx context.Context, log *zap.Logger) (string, func(), error) {
			if o.Addr == "" {
				return "Telegram (simulated): off", func() {}, nil
			}
			if !botToken.MatchString(o.Token) {
				return "", nil, fmt.Errorf("telegram-token: want <bot id>:<secret>")
			}
			o.Logger = log
			o.Operators = strings.Split(operators, ",")
			sim := telegram.New(o)
			if err := sim.Start(ctx); err != nil {
				return "", nil, fmt.Errorf("start telegram: %w", err)
			}
			notice := fmt.Sprintf("Telegram (simulated): %s\n  TELEGRAM_API_URL=%s TELEGRAM_BOT_TOKEN=%s TELEGRAM_CHAT_ID=%d",
				sim.URL(), sim.URL(), sim.Token(), sim.ChatID())
			return notice, sim.Close, nil
		},
	}
}
