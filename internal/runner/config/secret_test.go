package config_test

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// canary has what quoting changes, so that its quoted form must be hidden too.
const canary = "canary-5f3a\t\"x\"-secret"

type leaky struct {
	Token  string   `env:"TOKEN" secret:"true"`
	Keys   []string `env:"KEYS" secret:"true"`
	Number int      `env:"NUMBER" secret:"true" default:"1"`
	Mode   string   `env:"MODE" oneof:"a,b"`
	Nats   *url.URL `env:"NATS"`
	Other  int      `env:"OTHER"`
	report error
}

func (l leaky) Validate() error { return l.report }

func TestSecretIsInNoError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(canary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		variables map[string]string
		report    error
	}{
		"wrong secret":                {variables: map[string]string{"NUMBER": canary}},
		"both forms":                  {variables: map[string]string{"TOKEN": canary, "TOKEN_FILE": path}},
		"pasted into another":         {variables: map[string]string{"TOKEN": canary, "MODE": canary, "OTHER": "x" + canary}},
		"pasted before it was read":   {variables: map[string]string{"TOKEN": canary + strings.Repeat("y", 100), "OTHER": canary + strings.Repeat("y", 100)}},
		"password in a URL":           {variables: map[string]string{"NATS": "nats://me:" + canary + "@%zz"}},
		"password in half a URL":      {variables: map[string]string{"NATS": "me:" + canary + "@host"}},
		"validate says it":            {variables: map[string]string{"TOKEN": canary}, report: errors.New("bad token " + canary)},
		"validate wraps it":           {variables: map[string]string{"TOKEN_FILE": path}, report: fmt.Errorf("check: %w", fmt.Errorf("%q is bad", canary))},
		"validate finds it":           {variables: map[string]string{"TOKEN": canary}, report: &config.Error{Variable: "TOKEN", Found: canary, Expected: "not " + canary}},
		"validate guides with it":     {variables: map[string]string{"TOKEN": canary}, report: &config.SetupError{Bridge: "Slack", Missing: "valid " + canary, Guide: []string{canary}}},
		"validate says one of a list": {variables: map[string]string{"KEYS": "abc, " + canary}, report: errors.New("bad key " + canary)},
		"one secret within another":   {variables: map[string]string{"TOKEN": "canary", "KEYS": canary}, report: errors.New(canary)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := config.Load(&leaky{report: test.report}, env(test.variables))
			if err == nil {
				t.Fatal("want an error")
			}
			box, _ := config.Explain(err)
			for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err), box} {
				if strings.Contains(text, "5f3a") {
					t.Errorf("leaked: %s", text)
				}
			}
			for _, problem := range err.(config.Errors) {
				for ; problem != nil; problem = errors.Unwrap(problem) {
					if strings.Contains(problem.Error(), "5f3a") {
						t.Errorf("leaked by unwrapping: %s", problem)
					}
				}
			}
		})
	}
}

func TestErrorThatHoldsNoSecretStaysItself(t *testing.T) {
	sentinel := errors.New("no such thing")
	err := config.Load(&leaky{report: fmt.Errorf("check: %w", sentinel)}, env(map[string]string{"TOKEN": canary}))
	if !errors.Is(err, sentinel) {
		t.Errorf("got %v", err)
	}
}

func TestWrongValueCannotSteerTheTerminal(t *testing.T) {
	err := config.Load(&leaky{}, env(map[string]string{"MODE": "\x1b[2J" + strings.Repeat("é", 1000)}))
	if text := err.Error(); strings.Contains(text, "\x1b") || len(text) > 400 {
		t.Errorf("got %q", text)
	}
}
