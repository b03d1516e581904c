package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestInitConnectsEveryPlatformAndKeepsWhatIsThere(t *testing.T) {
	w := newWorld(t)
	file := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(file, []byte("# ours\nAPI_KEY=k\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	answers := map[string]string{
		"telegram": w.telegram.Token() + "\n" + strings.TrimPrefix(w.env[1], "TELEGRAM_CHAT_ID=") + "\n",
		"discord":  w.discord.Token() + "\n" + w.discord.ChannelID() + "\n",
		"slack":    w.slack.Token() + "\n" + w.slack.AppToken() + "\n" + w.slack.ChannelID() + "\n",
	}
	for _, platform := range []string{"telegram", "discord", "slack"} {
		if code, out, errs := w.run(t, platform+"\n"+answers[platform], "init", "--file", file); code != 0 {
			t.Errorf("%s: exit code %d\n%s%s", platform, code, out, errs)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range append([]string{"# ours", "API_KEY=k"}, w.env...) {
		name, _, _ := strings.Cut(want, "=")
		if !strings.HasSuffix(name, "_API_URL") && !strings.Contains(string(got), want+"\n") {
			t.Errorf("%s is missing in the file", name)
		}
	}
	w.env = slices.DeleteFunc(w.env, func(v string) bool { return !strings.Contains(v, "_API_URL=") })
	if code, out, errs := w.run(t, "", "doctor", "--file", file); code != 0 || strings.Contains(out, "none is configured") {
		t.Errorf("the doctor does not read the file: exit code %d\n%s%s", code, out, errs)
	}
}

func TestInitWritesNothingThatThePlatformRefuses(t *testing.T) {
	w := newWorld(t)
	w.slack.ArchiveChannel()
	if err := w.discord.SetRight("SEND_MESSAGES_IN_THREADS", false); err != nil {
		t.Fatal(err)
	}
	for platform, c := range map[string]struct{ answers, want string }{
		"discord": {w.discord.Token() + "\n" + w.discord.ChannelID() + "\n", "Send Messages in Threads"},
		"slack":   {w.slack.Token() + "\n" + w.slack.AppToken() + "\n" + w.slack.ChannelID() + "\n", "archived"},
	} {
		file := filepath.Join(t.TempDir(), ".env")
		code, out, errs := w.run(t, c.answers, "init", platform, "--file", file)
		if code != 1 || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit code %d\n%s%s", platform, code, out, errs)
		}
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s: something was written", platform)
		}
	}
}
