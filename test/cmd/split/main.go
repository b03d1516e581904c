// Command split runs Bellhop on this machine as production has it: Redis, a NATS cluster of three with JetStream on disk, and
// the four services as processes of their own. It prints the addresses; Ctrl-C stops everything.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

func main() { cluster.Main("split", run) }

// passed are the variables that the services get from this process's environment.
var passed = []string{
	"TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID", "TELEGRAM_API_URL", "TELEGRAM_WEBHOOK_SECRET", "TELEGRAM_BUDGET_PER_MINUTE",
	"TELEGRAM_RATE_PER_SECOND", "DISCORD_BOT_TOKEN", "DISCORD_CHANNEL_ID", "DISCORD_API_URL", "DISCORD_PUBLIC_KEY", "DISCORD_WEBHOOK_URL",
	"SLACK_BOT_TOKEN", "SLACK_CHANNEL_ID", "SLACK_API_URL", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "SLACK_WEBHOOK_URL",
	"ALLOWED_ORIGINS", "WELCOME_MESSAGE", "API_KEY", "LOG_LEVEL", "RATE_LIMITS", "NOTIFY_ON", "PUBLIC_URL",
}

// bridges are the platforms, by the variables of which one connects them.
var bridges = map[string][]string{
	"telegram": {"TELEGRAM_BOT_TOKEN"},
	"discord":  {"DISCORD_BOT_TOKEN", "DISCORD_WEBHOOK_URL"},
	"slack":    {"SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL"},
}

func run(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("split", flag.ContinueOnError)
	dir := set.String("data", filepath.Join("data", "split"), "directory for data and logs")
	durability := set.String("durability", "safe", "safe or relaxed")
	if err := set.Parse(args); err != nil {
		return err
	}
	bin, err := cluster.Installed()
	if err != nil {
		return err
	}
	absolute, err := filepath.Abs(*dir)
	if err == nil {
		err = os.MkdirAll(absolute, 0o700)
	}
	if err != nil {
		return fmt.Errorf("make the directory: %w", err)
	}
	site, err := cluster.Split(ctx, bin, absolute, settings(*durability))
	if err != nil {
		return err
	}
	tell(out, site)
	<-ctx.Done()
	fmt.Fprintln(out, "stopping")
	return site.Close()
}

// settings are what a person who looks wants: real limits, and the environment's own bot.
func settings(durability string) cluster.Settings {
	s := cluster.Settings{Durability: durability, Env: []string{
		"RATE_LIMITS=on", "API_KEY=", "TELEGRAM_BUDGET_PER_MINUTE=20", "TELEGRAM_RATE_PER_SECOND=1",
	}}
	for _, name := range passed {
		if value := os.Getenv(name); value != "" {
			s.Env = append(s.Env, name+"="+value)
		}
	}
	for bridge, variables := range bridges {
		if slices.ContainsFunc(variables, func(name string) bool { return os.Getenv(name) != "" }) {
			s.Bridges = append(s.Bridges, bridge)
		}
	}
	slices.Sort(s.Bridges)
	return s
}

func tell(out io.Writer, site *cluster.Site) {
	fmt.Fprintf(out, "gateway   %s  (the widget's endpoint: %s/pocketping)\n", site.URL, site.URL)
	fmt.Fprintf(out, "inbound   %s  (webhooks)\n", site.WebhookURL)
	fmt.Fprintf(out, "NATS      %s\n", site.NATSURL)
	fmt.Fprintf(out, "logs      %s\n", site.Dir())
	for _, name := range site.Names() {
		fmt.Fprintf(out, "  %-9s pid %s\n", name, strconv.Itoa(site.PID(name)))
	}
	fmt.Fprintln(out, "Ctrl-C stops everything")
}
