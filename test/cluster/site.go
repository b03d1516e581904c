package cluster

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

// Settings are what a site is run with.
type Settings struct {
	// Telegram is the bot; without a token no platform is connected, but for those of Env.
	Telegram Bot
	// Webhook has platforms post to inbound; otherwise inbound fetches.
	Webhook bool
	// Durability is safe or relaxed; of the embedded bus and store, and of the NATS nodes' disks.
	Durability string
	// Env is added to every service's environment.
	Env []string
	// Bridges are the platforms that the gateway of a split site is told of; telegram unless given.
	Bridges []string
}

// Bot is one bot, at a simulated Telegram.
type Bot struct {
	URL, Token string
	Chat       int64
}

// WebhookSecret is what Telegram must send along.
const WebhookSecret = "a-webhook-secret-for-tests"

// APIKey opens a site's /api.
const APIKey = "an-api-key-for-tests"

func (s Settings) env(publicURL string) []string {
	env := append([]string{"RATE_LIMITS=off", "TELEGRAM_BUDGET_PER_MINUTE=0", "TELEGRAM_RATE_PER_SECOND=0", "API_KEY=" + APIKey}, s.Env...)
	if s.Durability != "" {
		env = append(env, "DURABILITY="+s.Durability)
	}
	if s.Telegram.Token != "" {
		env = append(env, "TELEGRAM_API_URL="+s.Telegram.URL, "TELEGRAM_BOT_TOKEN="+s.Telegram.Token,
			"TELEGRAM_CHAT_ID="+strconv.FormatInt(s.Telegram.Chat, 10), "TELEGRAM_WEBHOOK_SECRET="+WebhookSecret)
	}
	if s.Webhook {
		env = append(env, "PUBLIC_URL="+publicURL)
	}
	return env
}

func (s Settings) bridges() string {
	if len(s.Bridges) == 0 {
		return "telegram"
	}
	return strings.Join(s.Bridges, ",")
}

// Telegram describes a simulated Telegram that limits no rate, named sim, and its bot.
func Telegram(bin Binaries) (Spec, Bot, error) {
	addr, err := FreeAddr()
	if err != nil {
		return Spec{}, Bot{}, err
	}
	bot := Bot{URL: "http://" + addr, Token: telegram.DefaultToken, Chat: telegram.DefaultChatID}
	return Spec{
		Name: "sim", Path: bin.Path("sim"), Args: []string{"-telegram-addr", addr, "-telegram-no-limits"},
		Ready: Answers(bot.URL + "/_sim/limits"),
	}, bot, nil
}

// Site is a running installation.
type Site struct {
	*Harness
	admins map[string]string // base URLs
	// URL of the gateway, WebhookURL of inbound; both are the same address in the all-in-one.
	URL, WebhookURL string
	// NATSURL names the bus.
	NATSURL  string
	monitors string // of its nodes
	// Services are the processes of Bellhop itself, Everything those of NATS and Redis as well.
	Services, Everything []string
}

// Up runs the all-in-one with its data in dir/data.
func Up(ctx context.Context, bin Binaries, dir string, s Settings) (*Site, error) {
	addrs, err := freeAddrs(3)
	if err != nil {
		return nil, err
	}
	site := &Site{
		Harness: New(dir), URL: "http://" + addrs[0], WebhookURL: "http://" + addrs[0], NATSURL: "nats://" + addrs[2],
		Services: []string{"bellhop"}, Everything: []string{"bellhop"}, admins: map[string]string{"bellhop": "http://" + addrs[1]},
	}
	err = site.Start(ctx, Spec{
		Name: "bellhop", Path: bin.Path("bellhop"),
		Args:  []string{"up", "--addr", addrs[0], "--admin-addr", addrs[1], "--nats-addr", addrs[2], "--data", dir + "/data"},
		Env:   s.env(site.URL),
		Ready: Answers(site.admins["bellhop"] + "/readyz"),
	})
	return site, site.closeOn(err)
}

// collecting bounds the collection of garbage; a large heap on a busy machine takes a while.
const collecting = time.Minute

// Collect has one of our processes collect its garbage.
func (s *Site) Collect(name string) error {
	patient := &http.Client{Timeout: collecting, Transport: probe.Transport}
	_, err := fetch(context.Background(), patient, s.admins[name]+"/debug/pprof/heap?gc=1")
	return err
}

// closeOn stops everything if there is an error.
func (s *Site) closeOn(err error) error {
	if err != nil {
		_ = s.Close() // the first error is the one to tell
	}
	return err
}
