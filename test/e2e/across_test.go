package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
)

// What one of the team says is heard by the visitor and read by everybody else of the team, with who and where, and not where it was
// said.
func TestOneConversationOnAllPlatforms(t *testing.T) {
	kinds(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		hi := vera.Says("hi")
		rooms := s.rooms(t, vera)
		for _, room := range rooms {
			room.Shows("hi")
		}
		vera.SeesStatus(hi.ID, "delivered")
		said := []string{"hi"}
		for name, room := range rooms {
			answer := "an answer from " + name
			room.Says(answer, team.As("Olga"))
			if heard := vera.Hears(answer); heard.OperatorName != "Olga" {
				t.Errorf("heard it from %q", heard.OperatorName)
			}
			for _, other := range s.others(t, room.Desk) {
				shown := rooms[other.Name()].Shows(answer)
				if !strings.Contains(shown.Text, "Olga · "+room.Label()) {
					t.Errorf("%s does not say who said it where: %q", other.Label(), shown.Text)
				}
			}
			said = append(said, answer)
		}
		last := vera.Says("thanks, all of you")
		for name, room := range rooms {
			room.Shows("thanks, all of you")
			if n := room.Count("an answer from " + name); n > 0 {
				t.Errorf("what was said in %s came back %d times", name, n)
			}
			for _, other := range s.others(t, room.Desk) {
				if n := room.Count("an answer from " + other.Name()); n != 1 {
					t.Errorf("what was said in %s is in %s %d times", other.Label(), room.Label(), n)
				}
			}
			harmless(t, room)
		}
		vera.SeesStatus(last.ID, "delivered")
		vera.Shows(append(said, "thanks, all of you")...)
	})
}

func TestEditsAndDeletionsOfOneReachAllOthers(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		reply, wrong := room.Says("it costs 10"), room.Says("for somebody else")
		heard, mistaken := vera.Hears("it costs 10"), vera.Hears("for somebody else")
		var copies []team.Shown
		for _, other := range s.others(t, desk) {
			copies = append(copies, other.Room(vera).Shows("it costs 10"))
			other.Room(vera).Shows("for somebody else")
		}
		reply.Becomes("it costs 12")
		wrong.IsTakenBack()
		vera.SeesEdited(heard.ID, "it costs 12")
		vera.SeesDeleted(mistaken.ID)
		for i, other := range s.others(t, desk) {
			there := other.Room(vera)
			if there.Shows("it costs 12").ID != copies[i].ID {
				t.Errorf("%s has the correction as a post of its own", other.Label())
			}
			there.Hides("for somebody else")
			if there.Count("it costs") != 1 {
				t.Errorf("%s shows:\n%s", other.Label(), there.Text())
			}
		}
		if room.Count("it costs") != 0 {
			t.Errorf("it came back:\n%s", room.Text())
		}
	})
}

func TestRepliesPointAtTheRightMessageOnEveryPlatform(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("one")
		two := vera.Says("two")
		vera.Says("three")
		rooms, posts := s.rooms(t, vera), map[string]team.Shown{}
		for name, room := range rooms {
			posts[name] = room.Shows("two")
			room.Shows("three")
		}
		here := posts[desk.Name()].Reply("about two")
		heard := vera.Hears("about two")
		vera.Answers(heard.ID, "thanks for that")
		vera.Answers(two.ID, "that was mine")
		for _, other := range s.others(t, desk) {
			if desk.Can(team.Replying) {
				posts[other.Name()].IsAnsweredBy("about two", "two")
			}
			there := rooms[other.Name()].Shows("about two")
			there.IsAnsweredBy("thanks for that", "about two")
		}
		here.IsAnsweredBy("thanks for that", "about two")
		for _, post := range posts {
			post.IsAnsweredBy("that was mine", "two")
		}
	})
}

func TestVisitorsEditsAndDeletionsReachAll(t *testing.T) {
	kinds(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		first, second := vera.Says("my numbr is 1"), vera.Says("forget this")
		rooms := s.rooms(t, vera)
		for _, room := range rooms {
			room.Shows("forget this")
		}
		vera.Edits(first.ID, "my number is 2")
		vera.Deletes(second.ID)
		for _, room := range rooms {
			room.Shows("my number is 2")
			room.Hides("forget this")
			room.Hides("numbr")
		}
	})
}

func TestClosingOnOneClosesEverywhereAndTheVisitorReopensAll(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		hi := vera.Says("hi")
		rooms := s.rooms(t, vera)
		vera.SeesStatus(hi.ID, "delivered")
		rooms[desk.Name()].Says("!close", team.As("Olga"))
		vera.SeesClosed(1)
		for _, room := range rooms {
			room.Is(team.Closed)
			room.Shows("Closed by Olga")
		}
		vera.Says("one more thing")
		for _, room := range rooms {
			room.Shows("one more thing")
			room.Is(team.Open)
			if threads := room.Threads(vera.name); len(threads) != 1 {
				t.Errorf("%d threads in %s", len(threads), room.Label())
			}
		}
		vera.Shows("hi", "one more thing")
	})
}

func TestReopeningOnOneReopensEverywhere(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		rooms := s.rooms(t, vera)
		rooms[desk.Name()].Says("!close")
		for _, room := range rooms {
			room.Is(team.Closed)
		}
		rooms[desk.Name()].Says("!reopen")
		for _, room := range rooms {
			room.Is(team.Open)
		}
		rooms[desk.Name()].Says("here again")
		vera.Hears("here again")
	})
}

// An operator writes in a thread that is closed: the visitor gets it.
func TestAnswerAfterClosingReachesTheVisitor(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		room.Says("!close")
		room.Is(team.Closed)
		vera.SeesClosed(1)
		room.Says("I forgot to say")
		vera.Hears("I forgot to say")
		for _, other := range s.others(t, desk) {
			other.Room(vera).Shows("I forgot to say")
		}
	})
}

// Ticks: delivered when the first platform has it, whatever the others do; read when one of the team has read.
func TestOnePlatformIsEnoughForTheTicks(t *testing.T) {
	t.Parallel()
	s := own(t, setup{})
	vera := s.arrives(t)
	hi := vera.Says("hi")
	rooms := s.rooms(t, vera)
	vera.SeesStatus(hi.ID, "delivered")
	for _, ill := range []string{team.Telegram, team.Discord} {
		defer s.at(t, ill).Disturb(team.Trouble{Hang: true}).End()
	}
	next := vera.Says("is anybody there?")
	vera.SeesStatus(next.ID, "delivered")
	rooms[team.Slack].Shows("is anybody there?").Gets("👀")
	vera.SeesStatus(next.ID, "read")
}

// Everybody of the team writes at once, and so does the visitor: nothing is lost, doubled or sent back, and all agree on the order.
func TestEverybodyAtOnce(t *testing.T) {
	kinds(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		vera.Says("hi")
		rooms := s.rooms(t, vera)
		const each = 10
		done := make(chan struct{})
		for name, room := range rooms {
			go func() {
				defer func() { done <- struct{}{} }()
				for i := range each {
					if _, err := room.Say(t.Context(), room.ID, line(name, i)); err != nil {
						t.Error(err)
					}
				}
			}()
		}
		for i := range each {
			vera.Says(line("vera", i))
		}
		for range rooms {
			<-done
		}
		for name := range rooms {
			vera.Hears(line(name, each-1))
		}
		var order []string
		for _, m := range vera.Remembers()[1:] {
			order = append(order, m.Content)
		}
		if len(order) != 4*each {
			t.Errorf("the history has %d lines, want %d", len(order), 4*each)
		}
		for name, room := range rooms {
			want := slices.DeleteFunc(slices.Clone(order), func(l string) bool { return strings.HasPrefix(l, name) })
			room.Sees("all lines", func([]team.Post) bool {
				text := room.Text()
				return !slices.ContainsFunc(want, func(l string) bool { return !strings.Contains(text, l) })
			})
			inOrder(t, room, want)
		}
		var shown []string
		for _, m := range vera.Tab().Page().Messages()[1:] { // the first tab shows what it says before it is stored
			shown = append(shown, m.Content)
		}
		if !slices.Equal(shown, order) {
			t.Errorf("a new tab shows %q, the history is %q", shown, order)
		}
	})
}

func line(who string, i int) string { return who + " says " + string(rune('a'+i)) + "." }

// inOrder fails unless a room shows these lines once each, in this order.
func inOrder(t *testing.T, room team.Room, want []string) {
	t.Helper()
	text, last := room.Text(), -1
	for _, l := range want {
		at := strings.Index(text, l)
		if at <= last || strings.Count(text, l) != 1 {
			t.Errorf("in %s %q stands at %d after %d, %d times:\n%s", room.Label(), l, at, last, strings.Count(text, l), text)
		}
		last = at
	}
}
