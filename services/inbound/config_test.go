package inbound_test

import (
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/services/inbound"
)

func TestConfigurationNamesWhatIsWrong(t *testing.T) {
	for name, test := range map[string]struct{ variable, value, complaint string }{
		"complete":                {"", "", ""},
		"https":                   {"PUBLIC_URL", "https://chat.example", ""},
		"http on this machine":    {"PUBLIC_URL", "http://localhost:3001", ""},
		"http by address":         {"PUBLIC_URL", "http://127.0.0.1:3001", ""},
		"http to the world":       {"PUBLIC_URL", "http://chat.example", "PUBLIC_URL"},
		"password in the address": {"PUBLIC_URL", "https://u:hunter2@chat.example", "PUBLIC_URL"},
		"no bus":                  {"NATS_URL", "", "NATS_URL"},
		"no sessions":             {"SESSIONS_ADDR", "", "SESSIONS_ADDR"},
		"half a bot":              {"TELEGRAM_CHAT_ID", "-1001230000001", "Telegram Setup Required"},
	} {
		env := map[string]string{"NATS_URL": "nats://127.0.0.1:4222", "SESSIONS_ADDR": "127.0.0.1:9101", test.variable: test.value}
		var cfg inbound.Config
		err := config.Load(&cfg, func(name string) (string, bool) { value, found := env[name]; return value, found })
		text, _ := config.Explain(err)
		if (err == nil) != (test.complaint == "") || !strings.Contains(text, test.complaint) || strings.Contains(text, "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
