package slack

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"github.com/slack-go/slack"
	"go.yaml.in/yaml/v3"
)

func TestManifestGrantsWhatTheClientNeedsAndNoMore(t *testing.T) {
	data, err := os.ReadFile("../../../docs/slack-manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var app slack.Manifest
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&app); err != nil {
		t.Fatal(err)
	}
	granted := slices.Sorted(slices.Values(app.OAuthConfig.Scopes.Bot))
	if !slices.Equal(granted, Scopes()) {
		t.Errorf("granted are %v\nneeded %v", granted, Scopes())
	}
	var events []string
	for name := range subscriptions {
		events = append(events, name)
	}
	slices.Sort(events)
	if got := slices.Sorted(slices.Values(app.Settings.EventSubscriptions.BotEvents)); !slices.Equal(got, events) {
		t.Errorf("subscribed are %v, understood %v", got, events)
	}
	if !app.Settings.SocketModeEnabled || !app.Settings.Interactivity.IsEnabled || app.Settings.TokenRotationEnabled {
		t.Errorf("settings are %+v", app.Settings)
	}
	if len(app.OAuthConfig.Scopes.User) != 0 || app.Features.BotUser.DisplayName == "" {
		t.Errorf("%+v %+v", app.OAuthConfig.Scopes, app.Features.BotUser)
	}
	for _, s := range app.Features.Shortcuts {
		if len(s.Name) > 24 || s.CallbackID == "" { // https://docs.slack.dev/reference/app-manifest
			t.Errorf("shortcut %+v", s)
		}
	}
}
