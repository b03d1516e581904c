package appearance

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
)

func TestColoursAreTextsOrTheObjectsThatTheWidgetKnows(t *testing.T) {
	for value, want := range map[string]string{
		"": "", " #ff0000 ": `"#ff0000"`, "rgb(1, 2, 3)": `"rgb(1, 2, 3)"`,
		`{"light": "#fff", "dark": "#000"}`:                  `{"light":"#fff","dark":"#000"}`,
		`{"from":"#fff","to":"#000","direction":"to right"}`: `{"from":"#fff","to":"#000","direction":"to right"}`,
		`{"light":{"from":"red","to":"blue"},"dark":"#000"}`: `{"light":{"from":"red","to":"blue"},"dark":"#000"}`,
		`{"light":"#fff"}`: "refused", `{}`: "refused", `{"from":"x"}`: "refused", `{"light":1,"dark":2}`: "refused", "{": "refused",
		"a\nb": "refused", `{"light":"a","dark":"b","x":1}`: "refused", strings.Repeat("x", 501): "refused",
	} {
		raw, ok := colour(value)
		if got := string(raw); ok != (want != "refused") || ok && got != want {
			t.Errorf("%q: %s, %v, want %s", value, got, ok, want)
		}
	}
}

func TestVersionsAreComparedAsNumbersAndNeverFail(t *testing.T) {
	c := Config{MinVersion: "2.4", LatestVersion: "v3.10.1"}
	for version, want := range map[string]string{
		"": OK, "3.10.1": OK, "v3.10.1": OK, "3.10.2": OK, "4": OK, "3.9.9": Outdated, "3.10": Outdated, "2.6.0": Deprecated, "2.4": Deprecated, "2.4.0": Deprecated,
		"2.3.99": Unsupported, "2.10.0": Deprecated, "nonsense": Unsupported, "3.10.1-beta": OK, "99999999999999999999999": Unsupported, "..": Unsupported,
	} {
		got := c.Check(version)
		if got.Status != want || (want == OK) != (got.Message == "") {
			t.Errorf("%q: %+v, want %s", version, got, want)
		}
	}
	if got := (&Config{}).Check("0.1"); got.Status != OK {
		t.Errorf("nothing is configured: %+v", got)
	}
	if got := (&Config{MinVersion: "2", VersionMessage: "please reload"}).Check("1"); got.Message != "please reload" {
		t.Errorf("%+v", got)
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	good := Config{
		OperatorName: "Ada", OperatorAvatar: "https://example.com/a.png", PrimaryColor: "red", ChatBackground: "dots", MinVersion: "2", LatestVersion: "2.6.0",
		UpgradeURL: "https://example.com", TrackedElements: `[{"selector":"#buy","name":"buy"}]`,
	}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for variable, c := range map[string]Config{
		"OPERATOR_NAME": {OperatorName: "a\nb"}, "OPERATOR_AVATAR": {OperatorAvatar: "javascript:alert(1)"}, "HEADER_COLOR": {HeaderColor: "{"},
		"CHAT_BACKGROUND": {ChatBackground: "stripes"}, "MIN_WIDGET_VERSION": {MinVersion: "two"}, "LATEST_WIDGET_VERSION": {LatestVersion: "1..2"},
		"WIDGET_UPGRADE_URL": {UpgradeURL: "x"}, "TRACKED_ELEMENTS": {TrackedElements: `[{"selector":"#buy"}]`}, "WIDGET_VERSION_MESSAGE": {VersionMessage: "\x00"},
	} {
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), variable) {
			t.Errorf("%s: %v", variable, err)
		}
	}
}

func TestTrackedElementsAreCheckedOneByOne(t *testing.T) {
	for raw, ok := range map[string]bool{
		`[]`: true, `[{"selector":"#a","name":"n","event":"mouseenter","widgetMessage":"hi","data":{"a":1}}]`: true,
		`null`: false, `{}`: false, `[{"selector":" ","name":"n"}]`: false, `[{"selector":"a","name":""}]`: false, `[{"selector":"a","name":"n","event":"keypress"}]`: false,
		`[{"selector":"a","name":"n","unknown":1}]`: false, `[{"selector":"a","name":"` + strings.Repeat("x", 101) + `"}]`: false, `["a"]`: false, `[`: false,
		"[" + strings.Repeat(`{"selector":"a","name":"n"},`, 100) + `{"selector":"a","name":"n"}]`: false,
	} {
		if _, err := parseTracked([]byte(raw)); (err == nil) != ok {
			t.Errorf("%.80s: %v", raw, err)
		}
	}
}

func TestChangedFileIsToldAndABrokenOneChangesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tracked.json")
	write := func(content string) {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`[{"selector":"#a","name":"first"}]`)
	synctest.Test(t, func(t *testing.T) {
		tracked, err := NewTracked(file)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		told := 0
		go func() { _ = tracked.Watch(ctx, zap.NewNop(), func() { told++ }) }()
		look := func() string {
			time.Sleep(2 * watchEvery)
			synctest.Wait()
			return string(tracked.Elements())
		}
		if look(); told != 0 || tracked.Changed() {
			t.Error("what has not changed was told")
		}
		write(`[{"selector":"#b","name":"second"}]`)
		if got := look(); told != 1 || !strings.Contains(got, "second") || !tracked.Changed() {
			t.Errorf("told %d times: %s", told, got)
		}
		write(`[{"selector":`)
		if got := look(); told != 1 || !strings.Contains(got, "second") {
			t.Errorf("told %d times of a broken file: %s", told, got)
		}
		write(`[]`)
		if got := look(); told != 2 || got != "[]" {
			t.Errorf("told %d times: %s", told, got)
		}
		cancel()
	})
}

func TestFormIsAskedForUntilItWasFilledIn(t *testing.T) {
	if (&Config{}).Form(false) != nil || (&Config{PrechatFields: "off"}).Form(false) != nil {
		t.Error("a form that nobody configured")
	}
	c := Config{PrechatFields: "email-or-phone", PrechatRequired: true}
	got, err := json.Marshal(c.Form(true))
	if want := `{"enabled":true,"required":true,"timing":"before-first-message","fields":"email-or-phone","completed":true}`; string(got) != want || err != nil {
		t.Errorf("%s, want %s", got, want)
	}
}

func FuzzTracked(f *testing.F) {
	f.Add([]byte(`[{"selector":"#a","name":"n","data":{"a":[1]}}]`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		told, err := parseTracked(raw)
		if err != nil {
			return
		}
		if again, err := parseTracked(told); err != nil || len(told) < maxTracked && string(again) != string(told) {
			t.Errorf("%s becomes %s, %v", told, again, err)
		}
	})
}

func FuzzVersion(f *testing.F) {
	for _, seed := range []string{"", "2.6.0", "v", "2..", "-1", "1e9", strings.Repeat("9", 100)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, version string) {
		c := Config{MinVersion: "2", LatestVersion: "3.1"}
		if version != "" && older(version, "2") != (c.Check(version).Status == Unsupported) {
			t.Errorf("%q is %+v", version, c.Check(version))
		}
	})
}
