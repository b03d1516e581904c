package e2e

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
)

// What operators say while the gateway's session is lost is read from the threads afterwards, once.
func TestLostSessionOfDiscordsGatewayIsMadeUpFor(t *testing.T) {
	t.Parallel()
	s, vera, room := quietly(t, team.Discord)
	genuine := vera.Hears("genuine")
	if s.discord.InvalidateSession(false) != 1 {
		t.Fatal("there was no session")
	}
	room.Says("while nobody listened")
	for _, p := range room.Posts(room.ID) {
		if p.Text == "genuine" {
			if err := room.Edit(t.Context(), p, "genuine, corrected"); err != nil {
				t.Fatal(err)
			}
		}
	}
	vera.Hears("while nobody listened")
	vera.SeesEdited(genuine.ID, "genuine, corrected")
	room.Says("afterwards")
	vera.Hears("afterwards")
	vera.Shows("hi", "genuine, corrected", "while nobody listened", "afterwards")
	vera.InOrder()
}

func TestGatewayThatBreaksAgainAndAgainLosesNothing(t *testing.T) {
	t.Parallel()
	s, vera, room := quietly(t, team.Discord)
	want := []string{"hi", "genuine"}
	for _, disturb := range []func() int{
		s.discord.DropGateway, s.discord.AskReconnect, func() int { return s.discord.CloseGateway(4000) }, func() int { return s.discord.InvalidateSession(true) },
	} {
		for _, text := range []string{"before ", "after "} {
			text += strings.Repeat("I", len(want))
			room.Says(text)
			want = append(want, text)
			if strings.HasPrefix(text, "before") {
				disturb()
			}
		}
		vera.Hears(want[len(want)-1])
		if err := s.discord.AwaitGateway(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	vera.Shows(want...)
	vera.InOrder()
}

func TestTextChannelOfDiscordHasThreads(t *testing.T) {
	t.Parallel()
	s := own(t, setup{on: []string{team.Discord}, text: true})
	vera := s.arrives(t)
	vera.Says("hi")
	room := s.at(t, team.Discord).Room(vera)
	room.Shows("New conversation")
	room.Shows("hi")
	room.Says("hello")
	vera.Hears("hello")
	room.Says("!close")
	vera.SeesClosed(1)
	room.Is(team.Closed)
	vera.Says("again")
	room.Is(team.Open)
	room.Shows("again")
	if err := s.discord.DeleteThread(t.Context(), room.ID); err != nil {
		t.Fatal(err)
	}
	vera.Says("and again")
	s.at(t, team.Discord).Waits("another thread", func() bool {
		threads := room.Threads(vera.Name())
		return len(threads) > 0 && threads[len(threads)-1].ID != room.ID && strings.Contains(team.Text(room.Platform, threads[len(threads)-1].ID), "and again")
	})
}

func TestWebhookOfDiscordTellsTheTeam(t *testing.T) {
	for name, text := range map[string]bool{"forum": false, "text channel": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := own(t, setup{on: []string{team.Discord}, hook: true, text: text})
			vera := s.arrives(t)
			first, second := vera.Says("my numbr is 1"), vera.Says("forget this")
			where := func() (shown string) {
				for _, place := range append([]string{s.discord.ChannelID()}, threadIDs(s)...) {
					for _, m := range s.discord.State().Messages(place) {
						if !m.Deleted {
							shown += m.Read() + "\n"
						}
					}
				}
				return shown
			}
			shows := func(wants string, hides ...string) {
				t.Helper()
				s.at(t, team.Discord).Waits(wants, func() bool {
					shown := where()
					return strings.Contains(shown, wants) && !slices.ContainsFunc(hides, func(h string) bool { return strings.Contains(shown, h) })
				})
			}
			shows("forget this")
			vera.SeesStatus(second.ID, "delivered")
			vera.Edits(first.ID, "my number is 2")
			vera.Deletes(second.ID)
			shows("my number is 2", "numbr", "forget this")
			vera.Answers(first.ID, "call me")
			shows("Visitor: my number is 2") // a webhook can't reply: it quotes
			shows("New conversation")
		})
	}
}

func threadIDs(s *stack) (ids []string) {
	for _, t := range s.discord.Threads() {
		ids = append(ids, t.ID)
	}
	return ids
}

// A file that Discord does not take stands there as a link.
func TestFileThatIsTooLargeForDiscordIsALink(t *testing.T) {
	t.Parallel()
	s, vera, room := quietly(t, team.Discord)
	vera.SaysWithFile("fits", "small.txt", "text/plain", []byte("small"))
	room.Sees("the small file", func(posts []team.Post) bool {
		return slices.ContainsFunc(posts, func(p team.Post) bool {
			return len(p.Files) == 1 && string(room.Bytes(p.Files[0])) == "small" && strings.Contains(p.Text, "fits")
		})
	})
	vera.SaysWithFile("does not", "large.txt", "text/plain", bytes.Repeat([]byte("x"), 10<<20+100<<10))
	room.Sees("a link", func(posts []team.Post) bool {
		return slices.ContainsFunc(posts, func(p team.Post) bool {
			return len(p.Files) == 0 && strings.Contains(p.Text, "large.txt (10.6 MB)") && strings.Contains(p.Text, s.url+"/files/")
		})
	})
}

func TestOperatorsTypingInDiscordIsShownToTheVisitor(t *testing.T) {
	t.Parallel()
	s, vera, room := quietly(t, team.Discord)
	vera.eventually("typing", func() bool { // a signal may be lost; Discord sends one every few seconds
		if err := s.discord.Typing(t.Context(), room.ID); err != nil {
			t.Fatal(err)
		}
		return vera.Page().Typing()
	})
}
