package gateway_test

import (
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/services/gateway"
)

func TestWrongValueIsNamedAtStart(t *testing.T) {
	for name, c := range map[string]struct{ variable, value, complaint string }{
		"nothing":                 {"", "", ""},
		"public by https":         {"PUBLIC_URL", "https://chat.example/bell", ""},
		"public on this machine":  {"PUBLIC_URL", "http://localhost:3001", ""},
		"public without secrecy":  {"PUBLIC_URL", "http://chat.example", "PUBLIC_URL"},
		"public with a password":  {"PUBLIC_URL", "https://u:hunter2@chat.example", "PUBLIC_URL"},
		"files of a kind":         {"FILES_TYPES", "image/*,application/pdf", ""},
		"files of no type":        {"FILES_TYPES", "png", "FILES_TYPES"},
		"files of less":           {"FILES_MAX_BYTES", "-1", "FILES_MAX_BYTES"},
		"files of ten megabytes":  {"FILES_MAX_BYTES", "10MB", "FILES_MAX_BYTES"},
		"screenshots sometimes":   {"SCREENSHOTS", "sometimes", "SCREENSHOTS"},
		"left before he has gone": {"LEFT_AFTER", "-1s", "LEFT_AFTER"},
		"prefix of pushers":       {"PUSHER_PATH_PREFIX", "/push/here", ""},
		"prefix without a slash":  {"PUSHER_PATH_PREFIX", "push", "PUSHER_PATH_PREFIX"},
		"prefix with two":         {"PUSHER_PATH_PREFIX", "/push/", "PUSHER_PATH_PREFIX"},
		"prefix that is none":     {"PUSHER_PATH_PREFIX", "/", "PUSHER_PATH_PREFIX"},
		"prefix of a pattern":     {"PUSHER_PATH_PREFIX", "/{x}", "PUSHER_PATH_PREFIX"},
	} {
		env := map[string]string{"NATS_URL": "nats://127.0.0.1:4222", "SESSIONS_ADDR": "127.0.0.1:9101", c.variable: c.value}
		var cfg gateway.Config
		err := config.Load(&cfg, func(name string) (string, bool) { value, found := env[name]; return value, found })
		text, _ := config.Explain(err)
		if (err == nil) != (c.complaint == "") || !strings.Contains(text, c.complaint) || strings.Contains(text, "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
