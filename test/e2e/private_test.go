package e2e

import (
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
)

// forTheTeam are texts that must never reach a visitor: notes, commands in every form, their typos, and what looks like one of them
// behind something that nobody sees.
var forTheTeam = []string{
	"// he is rude", "//he is rude", "/note he is rude", "!note he is rude", "!NOTE he is rude", "!note\nhe is rude", "  !note with spaces before",
	"\u200b!note with something unseen before", "\u2060// unseen, too", "\n\n//after empty lines", "\ufeff!note with a byte order mark",
	"!help", "!h", "!commands", "!info", "!read", "!csat", "!screenshot", "!ss", "!sss", "!ai on", "!ai off", "!ai perhaps", "!delete", "!del",
	"!online", "!offline", "!colse", "!clsoe", "!closee", "!unblok", "!delte", "!HELP", "!Help me",
	"/help", "/info", "/unknown thing", "/colse", "/", "/ close", "/help@bellhop_bot", "/help@another_bot",
	"{bot} help", "{bot} info", "{bot}: help", "{bot} /help", "{bot} nonsense", "{bot} !read", "{bot}",
}

// typed are what people can type in a thread there: Slack keeps what begins with a slash for itself, two of them excepted.
func typed(on team.Platform, text string) bool {
	text = strings.TrimLeft(text, " \n\u200b\u2060\ufeff")
	return on.Can(team.SlashTexts) || !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//")
}

// G14.
func TestWhatIsForTheTeamStaysWithTheTeam(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		var copies []team.Room
		for _, other := range s.others(t, desk) {
			copies = append(copies, other.Room(vera))
		}
		for _, text := range forTheTeam {
			if text = strings.ReplaceAll(text, "{bot}", desk.Bot()); typed(desk, text) {
				room.Says(text)
			}
		}
		room.Says("I am a bot", team.AsBot("Spammer"))
		desk.Do(desk.SayElsewhere(t.Context(), "in the channel itself"))
		room.Says("this is for you")
		vera.Hears("this is for you")
		vera.Shows("hi", "this is for you")
		if history := vera.Remembers(); len(history) != 2 {
			t.Errorf("the history has %v", history)
		}
		if vera.Page().Closed() > 0 {
			t.Error("a typo closed the conversation")
		}
		for _, there := range copies {
			there.Shows("this is for you")
			if posts := there.Standing(); there.Count("rude") > 0 || len(posts) > 4 {
				t.Errorf("%s shows:\n%s", there.Label(), there.Text())
			}
		}
	})
}

// An edit can't make a message of what was none, and a message that becomes a note keeps for the visitor the text that it had.
func TestEditsIntoAndOutOfNotesStayWithTheTeam(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		note, order, open := room.Says("// he is rude"), room.Says("!colse"), room.Says("a word")
		vera.Hears("a word")
		note.Becomes("he is rude")
		order.Becomes("close")
		open.Becomes("// a word about him")
		open.Becomes("!note a word about him")
		open.Becomes("!close")
		room.Says("this is for you")
		vera.Hears("this is for you")
		vera.Shows("hi", "a word", "this is for you")
		if vera.Page().Closed() > 0 {
			t.Error("an edit closed the conversation")
		}
		open.Becomes("another word")
		vera.SeesEdited(vera.Page().Messages()[1].ID, "another word")
		note.IsTakenBack()
		room.Says("after a note was deleted")
		vera.Hears("after a note was deleted")
		vera.Shows("hi", "another word", "this is for you", "after a note was deleted")
	})
}

func TestUnknownCommandsAreAnswered(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		room.Says("!clsoe")
		room.Tells("There is no command")
		room.Says("!help")
		for _, command := range []string{"close", "reopen", "read", "delete", "info", "csat", "screenshot", "block", "ai", "online", "offline", "note"} {
			room.Tells(command)
		}
		room.Says("!info")
		room.Tells(vera.name)
		vera.Shows("hi")
	})
}

func TestNotesAreMarkedAsSuch(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		note := desk.Room(vera).Says("!note he is rude")
		note.IsMarked()
		vera.Shows("hi")
	})
}
