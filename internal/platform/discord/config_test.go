package discord

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

const hookURL = "https://discord.com/api/webhooks/" + testHookID + "/" + testHook

func load(env map[string]string) (Config, error) {
	var cfg Config
	err := config.Load(&cfg, func(name string) (string, bool) { value, found := env[name]; return value, found })
	return cfg, err
}

func TestBridgeIsABotWithAChannelOrAWebhook(t *testing.T) {
	bot := map[string]string{"DISCORD_BOT_TOKEN": testToken, "DISCORD_CHANNEL_ID": testChannel}
	cfg, err := load(bot)
	if err != nil || !cfg.BotMode() || cfg.WebhookMode() || !cfg.Configured() || !cfg.CanReceive() || cfg.CanVerify() || cfg.BotID() != testBot {
		t.Fatalf("a bot: %+v, %v", cfg, err)
	}
	if cfg.APIURL != DefaultAPIURL || cfg.MaxFileBytes != 10<<20 || cfg.AutoArchive != 7*24*time.Hour || cfg.GlobalPerSecond != 50 || cfg.MessagesPer5s != 5 || cfg.Loopback() {
		t.Fatalf("defaults are %+v", cfg)
	}
	if cfg, err = load(map[string]string{"DISCORD_WEBHOOK_URL": hookURL, "DISCORD_CHANNEL_ID": testChannel}); err != nil || !cfg.WebhookMode() || cfg.CanReceive() {
		t.Fatalf("a webhook: %+v, %v", cfg, err)
	}
	if hook, token := cfg.Webhook(); hook != testHookID || token != testHook {
		t.Fatalf("webhook is %q %q", hook, token)
	}
	if cfg, err = load(nil); err != nil || cfg.Configured() || cfg.BotID() != "" {
		t.Fatalf("no bridge: %+v, %v", cfg, err)
	}
}

func TestBotWinsOverWebhook(t *testing.T) {
	cfg, err := load(map[string]string{
		"DISCORD_BOT_TOKEN": testToken, "DISCORD_CHANNEL_ID": testChannel, "DISCORD_WEBHOOK_URL": hookURL,
		"DISCORD_ENABLE_GATEWAY": "false", "DISCORD_PUBLIC_KEY": strings.Repeat("aB", 32),
	})
	if err != nil || !cfg.BotMode() || cfg.WebhookMode() || cfg.CanReceive() || !cfg.CanVerify() {
		t.Fatalf("%+v, %v", cfg, err)
	}
}

func TestHalfABridgeIsExplained(t *testing.T) {
	for _, test := range []struct {
		missing string
		env     map[string]string
	}{
		{"bot_token", map[string]string{"DISCORD_CHANNEL_ID": testChannel}},
		{"channel_id", map[string]string{"DISCORD_BOT_TOKEN": testToken}},
		{"channel_id", map[string]string{"DISCORD_BOT_TOKEN": testToken, "DISCORD_WEBHOOK_URL": hookURL}},
		{"valid bot_token", map[string]string{"DISCORD_BOT_TOKEN": "my-client-secret", "DISCORD_CHANNEL_ID": testChannel}},
		{"valid bot_token", map[string]string{"DISCORD_BOT_TOKEN": "bm90IGFuIGlkIGF0IGFsbA.Gtest1.my-client-secret-my-client-secret", "DISCORD_CHANNEL_ID": testChannel}},
		{"valid channel_id", map[string]string{"DISCORD_BOT_TOKEN": testToken, "DISCORD_CHANNEL_ID": "support"}},
		{"valid channel_id", map[string]string{"DISCORD_BOT_TOKEN": testToken, "DISCORD_CHANNEL_ID": "130000000000000000111"}},
		{"valid webhook_url", map[string]string{"DISCORD_WEBHOOK_URL": "https://discord.com/api/webhooks/my-client-secret"}},
		{"valid webhook_url", map[string]string{"DISCORD_WEBHOOK_URL": strings.Replace(hookURL, "discord.com", "discord.com.evil.example", 1)}},
		{"valid webhook_url", map[string]string{"DISCORD_WEBHOOK_URL": strings.Replace(hookURL, "https://", "https://discord.com/api/webhooks/@", 1)}},
		{"valid webhook_url", map[string]string{"DISCORD_WEBHOOK_URL": strings.Replace(hookURL, "https", "http", 1)}},
		{"valid webhook_url", map[string]string{"DISCORD_WEBHOOK_URL": hookURL + "?wait=true"}},
		{"valid webhook_url", map[string]string{"DISCORD_WEBHOOK_URL": strings.Replace(hookURL, "https://discord.com", "http://127.0.0.1:9", 1)}},
		{"valid webhook_url", map[string]string{"DISCORD_API_URL": "http://127.0.0.1:8/api/v10", "DISCORD_WEBHOOK_URL": strings.Replace(hookURL, "https://discord.com", "http://127.0.0.1:9", 1)}},
	} {
		_, err := load(test.env)
		var setup *config.SetupError
		if !errors.As(err, &setup) || setup.Missing != test.missing || len(setup.Guide) == 0 {
			t.Errorf("%s: %v", test.missing, err)
			continue
		}
		if text, _ := config.Explain(err); strings.Contains(text, "my-client-secret") || strings.Contains(text, testHook) || !strings.Contains(text, "Discord Setup Required") {
			t.Errorf("%s: guide is %s", test.missing, text)
		}
	}
}

func TestWebhookMayBeWhereTheAPIIsOnThisMachine(t *testing.T) {
	cfg, err := load(map[string]string{
		"DISCORD_API_URL": "http://127.0.0.1:9/api/v10", "DISCORD_WEBHOOK_URL": strings.Replace(hookURL, "https://discord.com", "http://127.0.0.1:9", 1),
	})
	if hook, _ := cfg.Webhook(); err != nil || hook != testHookID || !cfg.Loopback() {
		t.Fatalf("%+v, %v", cfg, err)
	}
}

func TestOtherSettingsAreChecked(t *testing.T) {
	for _, test := range []struct{ variable, value string }{
		{"DISCORD_API_URL", "ftp://x"}, {"DISCORD_API_URL", "https://user:pass@x/api/v10"}, {"DISCORD_AVATAR_URL", "javascript:alert(1)"},
		{"DISCORD_USERNAME", "My Discord bot"}, {"DISCORD_USERNAME", strings.Repeat("x", 81)}, {"DISCORD_PUBLIC_KEY", "abc"},
		{"DISCORD_AUTO_ARCHIVE", "2h"}, {"DISCORD_MAX_FILE_BYTES", "-1"}, {"DISCORD_GLOBAL_PER_SECOND", "-1"}, {"DISCORD_MESSAGES_PER_5S", "-1"},
	} {
		_, err := load(map[string]string{test.variable: test.value})
		var wrong *config.Error
		if !errors.As(err, &wrong) || wrong.Variable != test.variable {
			t.Errorf("%s=%s: %v", test.variable, test.value, err)
		}
	}
}
