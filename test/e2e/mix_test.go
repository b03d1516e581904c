package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
)

// Any of the platforms alone, any two, and all three; with and without a public address.
func TestATeamMayLiveOnAnyMixOfPlatforms(t *testing.T) {
	t.Parallel()
	for mix := 1; mix < 1<<len(everyPlatform); mix++ {
		var on []string
		for i, name := range everyPlatform {
			if mix&(1<<i) != 0 {
				on = append(on, name)
			}
		}
		t.Run(strings.Join(on, " and "), func(t *testing.T) {
			t.Parallel()
			s := own(t, setup{on: on, private: mix%2 == 0})
			vera := s.arrives(t)
			hi := vera.Says("hi")
			rooms := s.rooms(t, vera)
			vera.SeesStatus(hi.ID, "delivered")
			for _, name := range on {
				rooms[name].Shows("hi").Reply("hello from " + name)
				vera.Hears("hello from " + name)
				for _, other := range on {
					if other != name {
						rooms[other].Shows("hello from " + name)
					}
				}
			}
			for _, room := range rooms {
				harmless(t, room)
			}
			s.unharmed(t)
		})
	}
}

// unharmed tells that the platforms had nothing to complain of, and that nothing of what they told was lost on its way.
func (s *stack) unharmed(t testing.TB) {
	t.Helper()
	for _, p := range s.all {
		for _, complaint := range p.Complaints() {
			t.Errorf("%s: %s", p.Label(), complaint)
		}
		if strain := p.Strain(); strain.Violations > 0 {
			t.Errorf("%s: %d calls came while it had asked for a pause", p.Label(), strain.Violations)
		}
		for _, post := range p.Pinged() {
			t.Errorf("%s: %q pinged %q", p.Label(), post.Text, post.Notified)
		}
	}
}

// Every form in which a command may be typed, on every platform.
func TestCommandsInEveryForm(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		forms := []string{"!read", "!READ", " !read ", "!read now", desk.Bot() + " read", desk.Bot() + ": read", desk.Bot() + " !read", desk.Bot() + "  READ"}
		if desk.Can(team.SlashTexts) {
			forms = append(forms, "/read", "/Read", desk.Bot()+" /read")
		}
		if desk.Name() == team.Telegram {
			forms = append(forms, "/read"+desk.Bot())
		}
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		room.Shows("hi")
		shown := []string{"hi"}
		for _, form := range forms {
			said := vera.Says("before " + form)
			vera.SeesStatus(said.ID, "delivered")
			room.Says(form)
			vera.SeesStatus(said.ID, "read")
			shown = append(shown, said.Content)
		}
		vera.Shows(shown...)
		for _, other := range s.others(t, desk) {
			if there := other.Room(vera); slices.ContainsFunc(there.Standing(), func(p team.Post) bool { return strings.Contains(p.Text, "📨") }) {
				t.Errorf("%s shows a command:\n%s", other.Label(), there.Text())
			}
		}
	})
}

func TestEveryCommandIsDone(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		room.Shows("hi")
		how := "Reply with"
		if desk.Name() == team.Slack {
			how = "react to it with"
		}
		for _, c := range [][2]string{
			{"!info", vera.name}, {"!ai on", "may answer"}, {"!ai off", "stays out"}, {"!ai", "ai on, or: ai off"}, {"!reopen", "is open"},
			{"!block", "Blocked"}, {"!unblock", "heard again"}, {"!delete", how}, {"!commands", "this list"}, {"!rate", "asked for a rating"},
		} {
			room.Says(c[0])
			room.Tells(c[1])
		}
		said := room.Says("oops")
		heard := vera.Hears("oops")
		if desk.Can(team.Replying) {
			said.Reply("!del")
			vera.SeesDeleted(heard.ID)
		}
		room.Says("!close", team.As("Omar"))
		room.Shows("Closed by Omar")
		vera.SeesClosed(1)
		room.Says("!reopen")
		room.Is(team.Open)
	})
}

// Where there is only a webhook, the team is told, and nobody can answer from there.
func TestWebhooksOnlySend(t *testing.T) {
	t.Parallel()
	s := own(t, setup{hook: true})
	vera := s.arrives(t)
	hi := vera.Says("hi <!channel> @everyone [x](http://evil.example)")
	vera.SeesStatus(hi.ID, "delivered")
	telegram := s.at(t, team.Telegram).Room(vera)
	telegram.Says("hello from Telegram", team.As("Olga"))
	vera.Hears("hello from Telegram")
	for _, name := range []string{team.Discord, team.Slack} {
		desk := s.at(t, name)
		for _, text := range []string{vera.name, "hi ", "hello from Telegram", "Olga · Telegram"} {
			desk.Waits(text, func() bool {
				return slices.ContainsFunc(desk.Everywhere(), func(p team.Post) bool { return strings.Contains(p.Text, text) })
			})
		}
		for _, p := range desk.Everywhere() {
			if len(p.Notified)+len(p.Masked) > 0 {
				t.Errorf("%s: %q pinged %q and hides %q", desk.Label(), p.Text, p.Notified, p.Masked)
			}
		}
	}
}
