package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
	"github.com/bellhop-chat/bellhop/test/team"
)

// onSlack is a stack whose team is in Slack alone, heard over sockets.
func onSlack(t *testing.T, limited bool) (*stack, team.Desk) {
	t.Helper()
	s := start(t, setup{on: []string{team.Slack}, private: true, real: limited})
	return s, s.at(t, team.Slack)
}

func TestCardInSlackShowsWhoClosedTheConversation(t *testing.T) {
	s, desk := onSlack(t, false)
	vera := s.arrives(t)
	vera.Says("hi")
	room := desk.Room(vera)
	room.Shows("hi")
	state := func(want string) {
		t.Helper()
		desk.Waits("a card that says "+want, func() bool {
			line, _, _ := strings.Cut(s.slack.Message(room.ID).Shown, "\n")
			return line == want
		})
	}
	state(":large_green_circle: Open")
	if _, err := desk.Press(t.Context(), team.Post{ID: room.ID}, "Close", team.As("Olga")); err != nil {
		t.Fatal(err)
	}
	state(":white_check_mark: Closed by Olga")
	vera.SeesClosed(1)
	vera.Says("one more thing")
	state(":large_green_circle: Open")
	room.Shows("one more thing")
	s.unharmed(t)
}

func TestPostsWhoseAnswersAreLostStandOnceInSlack(t *testing.T) {
	s, desk := onSlack(t, false)
	s.slack.Fault(slack.Fault{Method: "chat.postMessage", Reset: slack.ResetAfter, Times: 3})
	vera := s.arrives(t)
	vera.Says("hi there")
	room := desk.Room(vera)
	room.Shows("hi there")
	vera.SeesStatus(vera.Says("and again").ID, "delivered")
	if threads := desk.Threads(vera.name); len(threads) != 1 || room.Count("hi there") != 1 || room.Count("and again") != 1 {
		t.Errorf("%d threads, which show:\n%s", len(threads), room.Text())
	}
	s.unharmed(t)
}

func TestThreadThatVanishesUnderAMessageIsOpenedAnewInSlack(t *testing.T) {
	s, desk := onSlack(t, false)
	vera := s.arrives(t)
	vera.Says("hi")
	first := desk.Room(vera)
	first.Shows("hi")
	desk.Do(desk.DeleteThread(t.Context(), first.ID))
	vera.Says("anybody there?") // at once: nobody has heard of the deletion yet
	second := desk.Room(vera)
	second.Shows("anybody there?")
	second.Says("yes", team.As("Olga"))
	vera.Hears("yes")
}

func TestBurstKeepsToSlacksLimits(t *testing.T) {
	s, desk := onSlack(t, true)
	guests := []guest{s.arrives(t), s.arrives(t)}
	for i := range 4 {
		for _, g := range guests {
			g.Says(fmt.Sprintf("message %d", i))
		}
	}
	for _, g := range guests {
		desk.Room(g).Shows("message 3")
	}
	if limits := s.slack.Limits(); limits.Violations != 0 || limits.Channels[s.slack.ChannelID()].Denied != 0 {
		t.Errorf("%+v", limits)
	}
	s.unharmed(t)
}
