package main

import (
	"context"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"
)

func TestDiscordTellsWhereItIsAndWritesItsKey(t *testing.T) {
	p := discordPlatform()
	set := flag.NewFlagSet("sim", flag.ContinueOnError)
	p.flags(set)
	key := filepath.Join(t.TempDir(), "key")
	args := []string{"-discord-addr", "127.0.0.1:0", "-discord-channel", "1440000000000009999", "-discord-public-key-file", key}
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	notice, stop, err := p.start(context.Background(), zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	hex, err := os.ReadFile(key)
	if err != nil || !strings.Contains(notice, "DISCORD_PUBLIC_KEY="+strings.TrimSpace(string(hex))) || len(hex) != 65 {
		t.Fatalf("key %q (%v), notice: %s", hex, err, notice)
	}
	if !strings.Contains(notice, "DISCORD_CHANNEL_ID=1440000000000009999") {
		t.Fatalf("notice: %s", notice)
	}
	page := strings.TrimSuffix(strings.Fields(notice)[2], "/")
	resp, err := http.Get(page + "/")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the page answers %d", resp.StatusCode)
	}
}

func TestWrongDiscordArgumentsAreRefused(t *testing.T) {
	for name, args := range map[string][]string{
		"bad token":        {"-discord-token", "a b"},
		"bad channel":      {"-discord-channel", "general"},
		"public address":   {"-discord-addr", "0.0.0.0:0"},
		"unwritable place": {"-discord-addr", "127.0.0.1:0", "-discord-public-key-file", "/nowhere/key"},
	} {
		t.Run(name, func(t *testing.T) {
			p := discordPlatform()
			set := flag.NewFlagSet("sim", flag.ContinueOnError)
			p.flags(set)
			if err := set.Parse(args); err != nil {
				t.Fatal(err)
			}
			if _, _, err := p.start(context.Background(), zap.NewNop()); err == nil {
				t.Fatal("it was taken")
			}
		})
	}
}
