package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

func discordPlatform() platform {
	var o discord.Options
	var operators, keyFile string
	return platform{
		flags: func(set *flag.FlagSet) {
			set.StringVar(&o.Addr, "discord-addr", "127.0.0.1:8092", "address, a loopback one, of the simulated Discord; empty: none")
			set.StringVar(&o.URL, "discord-url", "", "http://host:port of the simulated Discord as others know it, where they are on other machines; its address may be any then")
			set.StringVar(&o.Token, "discord-token", discord.DefaultToken, "the bot's token")
			set.StringVar(&o.ChannelID, "discord-channel", discord.DefaultChannelID, "the operators' channel, a snowflake")
			set.BoolVar(&o.TextChannel, "discord-text", false, "the operators' channel is a text channel instead of a forum")
			set.StringVar(&operators, "discord-operators", "Olga,Omar", "names of the operators")
			set.Int64Var(&o.Seed, "discord-seed", 1, "seed of chances, tokens and the signing key")
			set.BoolVar(&o.Budget.Off, "discord-no-limits", false, "refuse nothing for its rate")
			set.StringVar(&keyFile, "discord-public-key-file", "", "write the key that verifies interactions to this file, in hex")
		},
		start: func(ctx context.Context, log *zap.Logger) (string, func(), error) {
			if o.Addr == "" {
				return "Discord (simulated): off", func() {}, nil
			}
			if o.Token == "" || strings.ContainsAny(o.Token, " \t\r\n") {
				return "", nil, fmt.Errorf("discord-token: want a token without spaces")
			}
			if id, err := strconv.ParseInt(o.ChannelID, 10, 64); err != nil || id <= 0 {
				return "", nil, fmt.Errorf("discord-channel: want a snowflake, found %q", o.ChannelID)
			}
			o.Logger = log
			o.Operators = strings.Split(operators, ",")
			sim := discord.New(o)
			if keyFile != "" {
				if err := os.WriteFile(keyFile, []byte(sim.PublicKey()+"\n"), 0o644); err != nil {
					return "", nil, fmt.Errorf("write discord-public-key-file: %w", err)
				}
			}
			if err := sim.Start(ctx); err != nil {
				return "", nil, fmt.Errorf("start discord: %w", err)
			}
			notice := fmt.Sprintf("Discord (simulated): %s\n  DISCORD_API_URL=%s DISCORD_BOT_TOKEN=%s DISCORD_CHANNEL_ID=%s DISCORD_PUBLIC_KEY=%s",
				sim.PageURL(), sim.URL(), sim.Token(), sim.ChannelID(), sim.PublicKey())
			return notice, sim.Close, nil
		},
	}
}
