package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner"
)

// configured has BELLHOP_CONFIG name a file.
func configured(t *testing.T, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "projects.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BELLHOP_CONFIG", file)
}

func TestUpServesTheProjectsOfAFile(t *testing.T) {
	configured(t, "projects:\n  shop: {welcomeMessage: Welcome to the shop}\n  support: {welcomeMessage: How can we help}\n")
	base, _ := start(t, "--data", t.TempDir())
	for project, want := range map[string]string{"shop": "Welcome to the shop", "support": "How can we help"} {
		var opened struct{ WelcomeMessage string }
		call(t, "POST", base+"/api/widget/"+project+"/connect", `{"visitorId":"v"}`, &opened)
		if opened.WelcomeMessage != want {
			t.Errorf("%s welcomes with %q", project, opened.WelcomeMessage)
		}
	}
	if status, raw := once(t, "POST", base+"/pocketping/connect", `{"visitorId":"v"}`); status != 404 {
		t.Errorf("a project that the file does not name: %d %s", status, raw)
	}
	var health struct{ Status string }
	if call(t, "GET", base+"/health", "", &health); health.Status != "ok" {
		t.Errorf("%+v", health)
	}
}

func TestTheExampleOfTheDocumentsIsRead(t *testing.T) {
	text, err := os.ReadFile("../../docs/projects.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, secret := range map[string]string{"shop-events": "whsec_c2VjcmV0\n", "shop-identity": strings.Repeat("n", 32) + "," + strings.Repeat("o", 32) + "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	configured(t, strings.ReplaceAll(string(text), "/run/secrets", dir))
	for variable, value := range map[string]string{
		"SHOP_API_KEY": "k", "SHOP_TELEGRAM_BOT_TOKEN": "123:abc", "SHOP_TELEGRAM_WEBHOOK_SECRET": "s", "SUPPORT_SLACK_BOT_TOKEN": "xoxb-1", "SUPPORT_SLACK_APP_TOKEN": "xapp-1",
		"SUPPORT_DISCORD_BOT_TOKEN": "MTQ0MDAwMDAwMDAwMDAwMTEwMA.abcdef.abcdefghijklmnopqrstuvwxyz0123",
	} {
		t.Setenv(variable, value)
	}
	cfg, err := loadUp(os.LookupEnv, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cfg.conn.Close() }()
	shop, support := cfg.Notifier.Projects[0], cfg.Notifier.Projects[1]
	if shop.Webhook.EventsSecret != "whsec_c2VjcmV0" || support.NotifyOn != "connect" || support.Discord.Channel != "1234567890123456789" {
		t.Errorf("%s %s %s", shop.Webhook.EventsSecret, support.NotifyOn, support.Discord.Channel)
	}
	if secrets := cfg.Gateway.Projects[0].Identity.Secrets; len(secrets) != 2 || len(cfg.Gateway.Projects[1].Identity.Secrets) != 0 {
		t.Errorf("identities are proven with %d secrets", len(secrets))
	}
	if got := cfg.bridges(); !slices.Equal(got, []string{"shop/telegram", "support/discord", "support/slack"}) {
		t.Errorf("connected: %v", got)
	}
}

func TestWrongFileExits2AndSaysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"a short secret":  {"projects: {shop: {identitySecret: [hunter2hunter2, '0123456789abcdef0123456789abcdef']}}", "at least 32 bytes"},
		"a slip":          {"projects: {shop: {telegram: {botTokn: hunter2}}}", "telegram.botToken"},
		"half a bridge":   {"projects: {shop: {telegram: {botToken: '123:hunter2'}}}", "Project: shop"},
		"one bot for two": {"projects: {a: {telegram: {botToken: '123:hunter2', chatId: -1001230000001}}, b: {telegram: {botToken: '123:hunter2', chatId: -1001230000002}}}", "projects.b.telegram.botToken"},
		"one key for two": {"projects: {a: {apiKey: hunter2}, b: {apiKey: hunter2}}", "projects.b.apiKey"},
	} {
		t.Run(name, func(t *testing.T) {
			configured(t, c.file)
			code, _, stderr := command(t, "up", "--data", t.TempDir(), "--addr", freeAddr(t))
			if code != runner.ExitConfiguration || !strings.Contains(stderr, c.want) || strings.Contains(stderr, "hunter2") {
				t.Errorf("exit code %d, want 2 and %q:\n%s", code, c.want, stderr)
			}
		})
	}
}

func TestDoctorLooksAtEveryProject(t *testing.T) {
	api := botAPI(t, true)
	const group = "{botToken: '123:abc', chatId: -1001230000001}"
	configured(t, "projects:\n  shop: {telegram: "+group+"}\n  support: {telegram: "+group+"}\n  bare:\n")
	t.Setenv("TELEGRAM_API_URL", api)
	code, out, errs := command(t, "doctor", "--file", filepath.Join(t.TempDir(), "none"))
	if code != runner.ExitFailure {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	for _, want := range []string{"shop: telegram\n", "support: telegram\n", "bare: platforms\n", "the Telegram bot of project shop"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s%s", want, out, errs)
		}
	}
}

func TestInitShowsWhatTheFileMustSayOfAProject(t *testing.T) {
	t.Setenv("TELEGRAM_API_URL", botAPI(t, true))
	file := filepath.Join(t.TempDir(), ".env")
	var out, errs output
	code := runWith(t.Context(), []string{"init", "telegram", "--project", "my-shop", "--file", file}, strings.NewReader("123:abc\n-1001230000001\n"), &out, &errs)
	want := "projects:\n  my-shop:\n    telegram:\n      botToken: ${MY_SHOP_TELEGRAM_BOT_TOKEN}\n      chatId: ${MY_SHOP_TELEGRAM_CHAT_ID}\n"
	if code != runner.ExitOK || !strings.Contains(out.String(), want) || strings.Contains(out.String(), "123:abc") {
		t.Fatalf("exit code %d\n%s%s", code, &out, &errs)
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != "MY_SHOP_TELEGRAM_BOT_TOKEN=123:abc\nMY_SHOP_TELEGRAM_CHAT_ID=-1001230000001\n" {
		t.Errorf("the file holds\n%s%v", got, err)
	}
	if code, _, stderr := command(t, "init", "telegram", "--project", "My Shop"); code == runner.ExitOK || !strings.Contains(stderr, "malformed") {
		t.Errorf("a name that no project can have: %d\n%s", code, stderr)
	}
}

func TestWebhooksAreAProjects(t *testing.T) {
	g := newGraveyard(t)
	if _, err := g.bus.Notebook().Create(t.Context(), "outgoing/webhook_shop/disabled", []byte(`{"at":"2026-01-02T03:04:05Z"}`)); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := command(t, "webhook", "state", "--project", "shop", "--nats-url", g.url); code != runner.ExitOK || !strings.Contains(out, "disabled by a 410") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, _, errs := command(t, "webhook", "state", "--project", "My Shop", "--nats-url", g.url); code != runner.ExitConfiguration || !strings.Contains(errs, "malformed") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	if code, out, errs := command(t, "webhook", "state", "--nats-url", g.url); code != runner.ExitOK || strings.Contains(out, "disabled") {
		t.Errorf("the default project: exit code %d\n%s%s", code, out, errs)
	}
	if code, _, errs := command(t, "webhook", "enable", "webhook", "--project", "shop", "--nats-url", g.url); code != runner.ExitOK {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	if _, out, _ := command(t, "webhook", "state", "--project", "shop", "--nats-url", g.url); strings.Contains(out, "disabled") {
		t.Error(out)
	}
	configured(t, "projects:\n  shop: {eventsWebhookUrl: 'http://127.0.0.1:1/hunter2'}\n  support:\n")
	t.Setenv("WEBHOOK_ALLOW_PRIVATE", "true")
	if code, out, errs := command(t, "webhook", "test"); code != runner.ExitFailure || !strings.Contains(errs, "project shop") || strings.Contains(errs+out, "hunter2") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}
