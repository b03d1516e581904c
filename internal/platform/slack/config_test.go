package slack

import (
	"errors"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

const (
	testToken    = "xoxb-1001-2002-AAtesttokenAA"
	testAppToken = "xapp-1-A01-3003-BBtesttokenBB"
	testChannel  = "C0SUPPORT01"
	testHook     = "https://hooks.slack.com/services/T01/B01/CCtesttokenCC"
)

func load(env map[string]string) (Config, error) {
	var cfg Config
	err := config.Load(&cfg, func(name string) (string, bool) { value, found := env[name]; return value, found })
	return cfg, err
}

func TestModeFollowsFromWhatIsSet(t *testing.T) {
	for name, test := range map[string]struct {
		env                                map[string]string
		bot, hook, signed, socket, private bool
	}{
		"nothing": {},
		"bot":     {env: map[string]string{"SLACK_BOT_TOKEN": testToken, "SLACK_CHANNEL_ID": testChannel}, bot: true},
		"webhook": {env: map[string]string{"SLACK_WEBHOOK_URL": testHook}, hook: true},
		"both: the bot wins": {env: map[string]string{
			"SLACK_BOT_TOKEN": testToken, "SLACK_CHANNEL_ID": testChannel, "SLACK_WEBHOOK_URL": testHook,
		}, bot: true},
		"signed, and an app token": {env: map[string]string{
			"SLACK_BOT_TOKEN": testToken, "SLACK_CHANNEL_ID": testChannel, "SLACK_SIGNING_SECRET": "0123456789abcdef", "SLACK_APP_TOKEN": testAppToken,
		}, bot: true, signed: true, private: true},
		"an app token alone": {env: map[string]string{
			"SLACK_BOT_TOKEN": testToken, "SLACK_CHANNEL_ID": testChannel, "SLACK_APP_TOKEN": testAppToken,
		}, bot: true, socket: true, private: true},
		"app token without a bot": {env: map[string]string{"SLACK_WEBHOOK_URL": testHook, "SLACK_APP_TOKEN": testAppToken}, hook: true},
	} {
		cfg, err := load(test.env)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if cfg.BotMode() != test.bot || cfg.WebhookMode() != test.hook || cfg.Configured() != (test.bot || test.hook) || cfg.Signed() != test.signed {
			t.Errorf("%s: bot %v, webhook %v, signed %v", name, cfg.BotMode(), cfg.WebhookMode(), cfg.Signed())
		}
		if cfg.SocketMode(true) != test.socket || cfg.SocketMode(false) != test.private {
			t.Errorf("%s: socket mode %v with a public address, %v without", name, cfg.SocketMode(true), cfg.SocketMode(false))
		}
		if cfg.APIURL != DefaultAPIURL || cfg.RatePerSecond != 1 || cfg.Burst != 4 {
			t.Errorf("%s: the defaults are %q, %v, %d", name, cfg.APIURL, cfg.RatePerSecond, cfg.Burst)
		}
	}
}

func TestHalfABridgeIsExplained(t *testing.T) {
	for _, test := range []struct {
		missing string
		env     map[string]string
	}{
		{"bot_token", map[string]string{"SLACK_CHANNEL_ID": testChannel}},
		{"bot_token", map[string]string{"SLACK_CHANNEL_ID": testChannel, "SLACK_WEBHOOK_URL": testHook}},
		{"channel_id", map[string]string{"SLACK_BOT_TOKEN": testToken}},
		{"valid bot_token", map[string]string{"SLACK_BOT_TOKEN": "xoxp-my-bot-secret", "SLACK_CHANNEL_ID": testChannel}},
		{"valid channel_id", map[string]string{"SLACK_BOT_TOKEN": testToken, "SLACK_CHANNEL_ID": "#support"}},
		{"valid channel_id", map[string]string{"SLACK_BOT_TOKEN": testToken, "SLACK_CHANNEL_ID": "D0123456789"}},
		{"valid channel_id", map[string]string{"SLACK_BOT_TOKEN": testToken, "SLACK_CHANNEL_ID": "C0123456"}},
		{"valid webhook_url", map[string]string{"SLACK_WEBHOOK_URL": "https://example.com/my-bot-secret"}},
		{"valid webhook_url", map[string]string{"SLACK_WEBHOOK_URL": "https://hooks.slack.com/"}},
		{"valid webhook_url", map[string]string{"SLACK_WEBHOOK_URL": "http://127.0.0.1:1/services/T/B/X"}},
		{"valid webhook_url", map[string]string{"SLACK_WEBHOOK_URL": "https://hooks.slack.com.evil/services"}},
	} {
		_, err := load(test.env)
		var setup *config.SetupError
		if !errors.As(err, &setup) || setup.Missing != test.missing || len(setup.Guide) == 0 {
			t.Errorf("%s: %v", test.missing, err)
			continue
		}
		if text, _ := config.Explain(err); strings.Contains(text, "my-bot-secret") || !strings.Contains(text, "Slack Setup Required") {
			t.Errorf("%s: guide is %s", test.missing, text)
		}
	}
}

func TestSimulatorsWebhookNeedsASimulatedSlack(t *testing.T) {
	cfg, err := load(map[string]string{"SLACK_WEBHOOK_URL": "http://127.0.0.1:2/services/T/B/X", "SLACK_API_URL": "http://127.0.0.1:1/api/"})
	if err != nil || !cfg.WebhookMode() {
		t.Fatalf("%+v, %v", cfg, err)
	}
}

func TestOtherSettingsAreChecked(t *testing.T) {
	for variable, value := range map[string]string{
		"SLACK_API_URL": "ftp://x", "SLACK_SIGNING_SECRET": "no spaces please", "SLACK_APP_TOKEN": "xoxb-spaces please",
		"SLACK_ICON_EMOJI": "bell", "SLACK_RATE_PER_SECOND": "-1", "SLACK_BURST": "-1",
	} {
		_, err := load(map[string]string{variable: value})
		var wrong *config.Error
		if !errors.As(err, &wrong) || wrong.Variable != variable || strings.Contains(err.Error(), "spaces please") {
			t.Errorf("%s=%s: %v", variable, value, err)
		}
	}
}
