package config_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

func setup() *config.SetupError {
	return &config.SetupError{
		Bridge:  "Telegram",
		Missing: "bot_token",
		Guide:   []string{"To set up the bot:", "", "1. Open @BotFather", "2. Send /newbot"},
		DocsURL: "https://bellhop.chat/docs/telegram",
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	want, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSetupGuideIsBoxedAsInPocketPing(t *testing.T) {
	golden(t, "setup.txt", setup().Box())
	for line := range strings.Lines(setup().Box()) {
		if rule := strings.Count(line, "─"); rule != 0 && rule != 61 {
			t.Errorf("a rule has %d dashes", rule)
		}
	}
	if got, want := setup().Error(), "[Bellhop] Telegram configuration error: bot_token is required"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEveryProblemIsExplained(t *testing.T) {
	err := fmt.Errorf("start: %w", config.Errors{
		&config.Error{Variable: "DURABILITY", Found: `"fast"`, Expected: "one of safe, relaxed"},
		setup(),
		errors.New("two bridges share a channel\nuse two"),
		&config.Error{Variable: "API_KEY", Found: "nothing", Expected: "a text", Where: "make one with openssl rand -hex 32"},
	})
	text, ok := config.Explain(err)
	if !ok {
		t.Fatal("want a configuration error")
	}
	golden(t, "explain.txt", text)
}

func TestExplainKnowsAConfigurationErrorWhereverItIs(t *testing.T) {
	single := &config.Error{Variable: "X", Found: "nothing", Expected: "a text"}
	tests := map[string]struct {
		err  error
		want bool
	}{
		"none":    {nil, false},
		"other":   {errors.New("disk full"), false},
		"wrapped": {fmt.Errorf("a: %w", fmt.Errorf("b: %w", single)), true},
		"joined":  {errors.Join(errors.New("disk full"), setup()), true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, ok := config.Explain(test.err)
			if ok != test.want || ok == (text == "") {
				t.Errorf("got %v, %q", ok, text)
			}
		})
	}
}
