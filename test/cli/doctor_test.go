package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/sim/discord"
	"github.com/bellhop-chat/bellhop/test/sim/slack"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestMain(m *testing.M) { bustest.VerifyTestMain(m) }

// world is the three platforms, and the command.
type world struct {
	bellhop  string
	telegram *telegram.Server
	discord  *discord.Server
	slack    *slack.Server
	env      []string
}

// built is the command, built once.
var built = sync.OnceValues(func() (string, error) {
	programs, err := cluster.Build(context.Background(), "bellhop")
	return programs.Path("bellhop"), err
})

func newWorld(t *testing.T) *world {
	t.Helper()
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		bellhop: program, telegram: telegram.New(telegram.Options{}), discord: discord.New(discord.Options{}), slack: slack.New(slack.Options{}),
	}
	for _, start := range []func() error{
		func() error { return w.telegram.Start(t.Context()) }, func() error { return w.discord.Start(t.Context()) }, func() error { return w.slack.Start(t.Context()) },
	} {
		if err := start(); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(w.telegram.Close)
	t.Cleanup(w.discord.Close)
	t.Cleanup(w.slack.Close)
	w.env = []string{
		"TELEGRAM_BOT_TOKEN=" + w.telegram.Token(), "TELEGRAM_CHAT_ID=" + strconv.FormatInt(w.telegram.ChatID(), 10), "TELEGRAM_API_URL=" + w.telegram.URL(),
		"DISCORD_BOT_TOKEN=" + w.discord.Token(), "DISCORD_CHANNEL_ID=" + w.discord.ChannelID(), "DISCORD_API_URL=" + w.discord.URL(),
		"SLACK_BOT_TOKEN=" + w.slack.Token(), "SLACK_CHANNEL_ID=" + w.slack.ChannelID(), "SLACK_APP_TOKEN=" + w.slack.AppToken(), "SLACK_API_URL=" + w.slack.URL(),
	}
	return w
}

// run runs bellhop with the platforms' variables and answers on standard input.
func (w *world) run(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), w.bellhop, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = w.env, strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	if exited := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	for _, secret := range []string{w.telegram.Token(), w.discord.Token(), w.slack.Token(), w.slack.AppToken(), w.slack.SigningSecret()} {
		if strings.Contains(out.String()+errs.String(), secret) {
			t.Errorf("a secret was printed:\n%s%s", out.String(), errs.String())
		}
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// finding is one of the doctor's.
type finding struct{ Part, Check, Status, Detail, Fix string }

func (w *world) doctor(t *testing.T) (code int, findings []finding) {
	t.Helper()
	code, out, errs := w.run(t, "", "doctor", "--json")
	var report struct{ Findings []finding }
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v in %q, %q", err, out, errs)
	}
	return code, report.Findings
}

func TestDoctorFindsNothingWhereNothingIsWrong(t *testing.T) {
	w := newWorld(t)
	code, findings := w.doctor(t)
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
	parts := map[string]bool{}
	for _, f := range findings {
		if parts[f.Part] = true; f.Status != "ok" {
			t.Errorf("%+v", f)
		}
	}
	for _, part := range []string{"telegram", "discord", "slack", "clock", "bus"} {
		if !parts[part] {
			t.Errorf("nothing is said of %s", part)
		}
	}
	if code, out, _ := w.run(t, "", "doctor", "--deep"); code != 0 || !strings.Contains(out, "a topic was created") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func TestDoctorNamesWhatIsWrongAndHowToMendIt(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*world) error
		part  string
		want  string // in detail or fix
		code  int
	}{
		"telegram, topics right":    {func(w *world) error { return w.telegram.SetRight("can_manage_topics", false) }, "telegram", "manage topics", 1},
		"telegram, deletion right":  {func(w *world) error { return w.telegram.SetRight("can_delete_messages", false) }, "telegram", "delete messages", 0},
		"telegram, kicked":          {func(w *world) error { return w.telegram.SetBotStatus("kicked") }, "telegram", "add the bot to the group", 1},
		"telegram, token revoked":   {func(w *world) error { w.telegram.RevokeToken(); return nil }, "telegram", "@BotFather", 1},
		"discord, threads right":    {func(w *world) error { return w.discord.SetRight("SEND_MESSAGES_IN_THREADS", false) }, "discord", "Send Messages in Threads", 1},
		"discord, closing right":    {func(w *world) error { return w.discord.SetRight("MANAGE_THREADS", false) }, "discord", "Manage Threads", 0},
		"discord, intent":           {func(w *world) error { return w.discord.SetIntent("MESSAGE_CONTENT", false) }, "discord", "Message Content Intent", 1},
		"discord, token revoked":    {func(w *world) error { w.discord.RevokeToken(); return nil }, "discord", "developer portal", 1},
		"discord, mention everyone": {func(w *world) error { return w.discord.SetRight("MENTION_EVERYONE", true) }, "discord", "take it from the bot's role", 0},
		"slack, scope":              {func(w *world) error { w.slack.SetScope("reactions:write", false); return nil }, "slack", "reactions:write", 0},
		"slack, archived":           {func(w *world) error { w.slack.ArchiveChannel(); return nil }, "slack", "archived", 1},
		"slack, socket mode off":    {func(w *world) error { w.slack.SetSocketMode(false); return nil }, "slack", "Socket Mode", 1},
		"slack, token revoked":      {func(w *world) error { w.slack.RevokeToken(); return nil }, "slack", "SLACK_BOT_TOKEN", 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if err := c.spoil(w); err != nil {
				t.Fatal(err)
			}
			code, findings := w.doctor(t)
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, f := range findings {
				if f.Part == c.part && f.Status != "ok" && strings.Contains(f.Detail+" "+f.Fix, c.want) {
					return
				}
			}
			t.Errorf("%q is not named in %+v", c.want, findings)
		})
	}
}

func TestDoctorRefusesAConfigurationThatCantBeRead(t *testing.T) {
	w := newWorld(t)
	w.env = append(w.env, "SLACK_BOT_TOKEN=something")
	code, _, errs := w.run(t, "", "doctor")
	if code != 2 || !strings.Contains(errs, "Slack Setup Required") || !strings.Contains(errs, "bellhop init slack") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	w.env = nil
	if code, out, _ := w.run(t, "", "doctor"); code != 1 || !strings.Contains(out, "none is configured") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
