package telegram

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

func load(env map[string]string) (Config, error) {
	var cfg Config
	err := config.Load(&cfg, func(name string) (string, bool) { value, found := env[name]; return value, found })
	return cfg, err
}

func TestBridgeIsConfiguredByTokenAndChat(t *testing.T) {
	cfg, err := load(map[string]string{"TELEGRAM_BOT_TOKEN": testToken, "TELEGRAM_CHAT_ID": "-1001230000001, -1001230000002"})
	if err != nil || !cfg.Configured() || cfg.BotID() != 7001 || !slices.Equal(cfg.ChatIDs(), []int64{-1001230000001, -1001230000002}) {
		t.Fatalf("%+v, %v", cfg, err)
	}
	if cfg.APIURL != DefaultAPIURL || cfg.BudgetPerMinute != 20 {
		t.Fatalf("defaults are %q and %d", cfg.APIURL, cfg.BudgetPerMinute)
	}
	if cfg, err = load(nil); err != nil || cfg.Configured() || cfg.BotID() != 0 {
		t.Fatalf("no bridge: %+v, %v", cfg, err)
	}
}

func TestHalfABridgeIsExplained(t *testing.T) {
	for missing, env := range map[string]map[string]string{
		"bot_token":       {"TELEGRAM_CHAT_ID": "-1001230000001"},
		"chat_id":         {"TELEGRAM_BOT_TOKEN": testToken},
		"valid bot_token": {"TELEGRAM_BOT_TOKEN": "my-bot-secret", "TELEGRAM_CHAT_ID": "-1001230000001"},
		"valid chat_id":   {"TELEGRAM_BOT_TOKEN": testToken, "TELEGRAM_CHAT_ID": "-1001230000001,-12345"},
	} {
		_, err := load(env)
		var setup *config.SetupError
		if !errors.As(err, &setup) || setup.Missing != missing || len(setup.Guide) == 0 {
			t.Errorf("%s: %v", missing, err)
			continue
		}
		if text, _ := config.Explain(err); strings.Contains(text, "my-bot-secret") || !strings.Contains(text, "Telegram Setup Required") {
			t.Errorf("%s: guide is %s", missing, text)
		}
	}
}

func TestOtherSettingsAreChecked(t *testing.T) {
	for variable, value := range map[string]string{
		"TELEGRAM_API_URL": "ftp://x", "TELEGRAM_WEBHOOK_SECRET": "no spaces please", "TELEGRAM_BUDGET_PER_MINUTE": "-1",
	} {
		_, err := load(map[string]string{variable: value})
		var wrong *config.Error
		if !errors.As(err, &wrong) || wrong.Variable != variable || strings.Contains(err.Error(), "spaces please") {
			t.Errorf("%s=%s: %v", variable, value, err)
		}
	}
}

func TestBudgetIsSharedOut(t *testing.T) {
	for budget, want := range map[int]Shares{
		20: {Notifier: 17, Inbound: 3}, 0: {Unlimited: true}, 100: {Notifier: 97, Inbound: 3}, 10: {Notifier: 8, Inbound: 2}, 1: {Notifier: 1},
	} {
		if got := (Config{BudgetPerMinute: budget}).Shares(); got != want {
			t.Errorf("%d is shared as %+v, want %+v", budget, got, want)
		}
	}
}
