package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
	"github.com/bellhop-chat/bellhop/test/sim/fault"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// endpoint has Discord post interactions instead of sending them over its gateway. It tries a badly signed one first.
func (s *stack) endpoint(t *testing.T) {
	t.Helper()
	if err := s.discord.SetInteractionsEndpoint(visitor.Within(t), s.url+"/webhooks/discord"); err != nil {
		t.Fatal(err)
	}
}

func TestForgedDiscordInteractionsAreRefusedAndNotPublished(t *testing.T) {
	t.Parallel()
	s, vera, room := quietly(t, team.Discord)
	s.endpoint(t)
	before := s.lastSeq(t)
	for _, how := range []string{
		discord.ForgeMissing, discord.ForgeWrong, discord.ForgeAltered, discord.ForgeStale, discord.ForgeMalformed, discord.ForgeReplayed, discord.ForgeCase,
	} {
		s.discord.DisturbDelivery(fault.Delivery{Kind: "INTERACTION_CREATE", Forge: how, Times: 1})
		room.Presses("Mark read") // there is nothing to mark
	}
	s.published(t, before)
	seen := map[string]int{}
	for _, d := range s.discord.State().Deliveries() {
		seen[d.Forged]++
		if refused := d.Status == http.StatusUnauthorized; d.Forged != "" && d.Forged != discord.ForgeReplayed && d.Forged != discord.ForgeCase && !refused {
			t.Errorf("%s: %d %s", d.Forged, d.Status, d.Answer)
		}
	}
	if len(seen) < 7 {
		t.Errorf("only %v were tried", seen)
	}
	if s.discord.State().Endpoint() == "" {
		t.Error("Discord has taken the endpoint away, because it has taken something badly signed")
	}
	room.Presses("Close")
	vera.SeesClosed(1)
	room.Is(team.Closed)
	vera.Shows("hi", "genuine")
}

func TestReplayedPressIsDoneOnce(t *testing.T) {
	t.Parallel()
	s, vera, room := quietly(t, team.Discord)
	s.endpoint(t)
	replay := s.discord.DisturbDelivery(fault.Delivery{Kind: "INTERACTION_CREATE", Forge: discord.ForgeReplayed, Times: 1})
	defer s.discord.Release(replay)
	room.Presses("Close", team.As("Olga"))
	vera.SeesClosed(1)
	room.Is(team.Closed)
	vera.Says("wait")
	room.Is(team.Open)
	room.Shows("wait")
	if n := room.Count("Closed by Olga"); n != 1 {
		t.Errorf("it was closed %d times:\n%s", n, room.Text())
	}
}

func TestBadDiscordBodiesAreRefused(t *testing.T) {
	t.Parallel()
	s, _, _ := quietly(t, team.Discord)
	before := s.lastSeq(t)
	for name, headers := range map[string][2]string{
		"unsigned": {"", ""}, "signed by nobody": {strings.Repeat("0", 128), "1700000000"}, "no hex": {strings.Repeat("z", 128), "1700000000"},
		"too short": {"00", "1700000000"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/webhooks/discord", strings.NewReader(`{"type":1}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Signature-Ed25519", headers[0])
		req.Header.Set("X-Signature-Timestamp", headers[1])
		if status, answer := s.do(t, req); status != http.StatusUnauthorized || !isRefusal(answer) {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
	s.published(t, before)
}

// What is a slash command to Discord reaches the visitor as what it says, or is done.
func TestSlashCommandsInDiscord(t *testing.T) {
	t.Parallel()
	for name, posted := range map[string]bool{"over the gateway": false, "posted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, vera, room := quietly(t, team.Discord)
			if posted {
				s.endpoint(t)
			}
			s.slash(t, room, "reply", map[string]any{"message": "by a command"})
			vera.Hears("by a command")
			s.slash(t, room, "info", nil)
			s.slash(t, room, "close", nil)
			vera.SeesClosed(1)
			room.Is(team.Closed)
			vera.Shows("hi", "genuine", "by a command")
		})
	}
}

func (s *stack) slash(t *testing.T, room team.Room, name string, values map[string]any) string {
	t.Helper()
	begun, err := s.discord.Slash(visitor.Within(t), room.ID, name, values)
	if err != nil {
		t.Fatalf("/%s: %v", name, err)
	}
	i, err := s.discord.AwaitAnswer(visitor.Within(t), begun.ID)
	if err != nil || i.Verdict != discord.VerdictAnswered {
		t.Fatalf("/%s was not answered: %+v (%v)", name, i, err)
	}
	return i.Text
}
