package stage_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/bench/discord"
	"github.com/bellhop-chat/bellhop/test/bench/slack"
	"github.com/bellhop-chat/bellhop/test/bench/telegram"
	"github.com/bellhop-chat/bellhop/test/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// caller calls one platform as simply as can be.
type caller interface {
	Open(ctx context.Context, name string) (thread string, err error)
	Post(ctx context.Context, thread, text string) error
}

// callers are one for each platform, made of nothing but the stage's variables.
func callers(t *testing.T, s *stage.Stage) map[string]caller {
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	env := map[string]string{}
	for _, line := range s.Env() {
		name, value, _ := strings.Cut(line, "=")
		env[name] = value
	}
	return map[string]caller{
		stage.Telegram: telegram.Caller{Client: client, Env: env}, stage.Discord: discord.Caller{Client: client, Env: env},
		stage.Slack: slack.Caller{Client: client, Env: env},
	}
}

func open(t *testing.T) (*stage.Stage, context.Context) {
	t.Helper()
	s, err := stage.Open(t.Context(), stage.Options{Hurried: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return s, ctx
}

func TestEveryPlatformTakesPostsWithoutLimitAndTellsThem(t *testing.T) {
	s, ctx := open(t)
	for name, c := range callers(t, s) {
		thread, err := c.Open(ctx, "Ana")
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		before := int64(0)
		for _, call := range s.Posts(name, 0) {
			before = call.Seq
		}
		for range 50 { // more than any platform takes at once
			if err := c.Post(ctx, thread, `m000001\. hello`); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		calls := s.Posts(name, before)
		if len(calls) != 50 || !strings.Contains(calls[0].Text, "hello") || calls[0].At.Before(begun) || calls[49].Seq <= calls[0].Seq {
			t.Errorf("%s tells %d calls, the first %+v", name, len(calls), calls[:min(1, len(calls))])
		}
		if after := s.Posts(name, calls[48].Seq); len(after) != 1 {
			t.Errorf("%s tells %d calls after all but one", name, len(after))
		}
	}
	if !slices.Equal(stage.Names(), []string{"telegram", "discord", "slack"}) {
		t.Errorf("platforms %q", stage.Names())
	}
}

func TestTroubleIsThatOfEveryPlatformUntilItIsCalm(t *testing.T) {
	s, ctx := open(t)
	for name, c := range callers(t, s) {
		thread, err := c.Open(ctx, "Ana")
		if err != nil {
			t.Fatal(err)
		}
		s.Disturb(stage.Refusing)
		if err := c.Post(ctx, thread, "hello"); err == nil {
			t.Errorf("%s takes a post while it refuses", name)
		}
		s.Calm()
		s.Disturb(stage.Hanging)
		hanging, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		if err := c.Post(hanging, thread, "hello"); err == nil || hanging.Err() == nil {
			t.Errorf("%s answers while it hangs: %v", name, err)
		}
		cancel()
		s.Calm()
		if err := c.Post(ctx, thread, "hello"); err != nil {
			t.Errorf("%s after the trouble: %v", name, err)
		}
	}
}

func TestConnectGivesUpWhereNobodyListens(t *testing.T) {
	s, ctx := open(t)
	ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if s.Connect(ctx, "") == nil || s.Connect(ctx, "http://127.0.0.1:1") == nil {
		t.Error("platforms are heard by nobody")
	}
}
