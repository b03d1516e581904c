package main

import (
	"context"
	"flag"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

var botToken = regexp.MustCompile(`^[1-9][0-9]*:[A-Za-z0-9_-]+$`)

func telegramPlatform() platform {
	var o telegram.Options
	var operators, chats string
	return platform{
		flags: func(set *flag.FlagSet) {
			set.StringVar(&o.Addr, "telegram-addr", "127.0.0.1:8091", "address, a loopback one, of the simulated Telegram; empty: none")
			set.StringVar(&o.URL, "telegram-url", "", "http://host:port of the simulated Telegram as others know it, where they are on other machines; its address may be any then")
			set.StringVar(&o.Token, "telegram-token", telegram.DefaultToken, "the bot's token, <bot id>:<secret>")
			set.StringVar(&chats, "telegram-chat", strconv.FormatInt(telegram.DefaultChatID, 10), "the group's id; several with commas")
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
			ids, err := chatIDs(chats)
			if err != nil {
				return "", nil, err
			}
			o.Logger, o.ChatID, o.MoreChats = log, ids[0], ids[1:]
			o.Operators = strings.Split(operators, ",")
			sim := telegram.New(o)
			if err := sim.Start(ctx); err != nil {
				return "", nil, fmt.Errorf("start telegram: %w", err)
			}
			notice := fmt.Sprintf("Telegram (simulated): %s\n  TELEGRAM_API_URL=%s TELEGRAM_BOT_TOKEN=%s TELEGRAM_CHAT_ID=%s",
				sim.URL(), sim.URL(), sim.Token(), chats)
			return notice, sim.Close, nil
		},
	}
}

// chatIDs reads a list of groups, of which there is at least one.
func chatIDs(list string) ([]int64, error) {
	var ids []int64
	for text := range strings.SplitSeq(list, ",") {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id >= 0 {
			return nil, fmt.Errorf("telegram-chat: want ids of groups, which are negative, with commas")
		}
		ids = append(ids, id)
	}
	return ids, nil
}
