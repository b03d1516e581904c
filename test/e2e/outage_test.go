package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// quick is how long a POST may take whatever a platform does, under the race detector on a loaded machine. What it takes
// really the benchmark says.
const quick = 2 * time.Second

// saysQuickly says so many numbered lines and fails if one of them had to wait.
func saysQuickly(t *testing.T, v guest, word string, lines int) {
	t.Helper()
	for i := range lines {
		begun := time.Now()
		v.Says(fmt.Sprintf("%s %02d.", word, i))
		if took := time.Since(begun); took > quick {
			t.Errorf("%s %d took %s", word, i, took)
		}
	}
}

// showsInOrder waits until a thread shows all lines and fails unless their first appearances are in order. It answers how
// often lines are repeated.
func showsInOrder(t *testing.T, room team.Room, word string, lines int) (repeated int) {
	t.Helper()
	room.Shows(fmt.Sprintf("%s %02d.", word, lines-1))
	text, last := room.Text(), -1
	for i := range lines {
		line := fmt.Sprintf("%s %02d.", word, i)
		at := strings.Index(text, line)
		if at <= last {
			t.Errorf("%q stands at %d, the one before at %d:\n%s", line, at, last, text)
		}
		last = at
		repeated += strings.Count(text, line) - 1
	}
	return repeated
}

// G9.
func TestOutageOfAPlatformStaysThatPlatformsAndDrainsInOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ill     string
		trouble team.Trouble
	}{
		"Telegram is down":         {team.Telegram, team.Trouble{Status: http.StatusBadGateway}},
		"Telegram hangs":           {team.Telegram, team.Trouble{Hang: true}},
		"Discord cuts off":         {team.Discord, team.Trouble{Cut: true}},
		"Discord asks for a pause": {team.Discord, team.Trouble{Status: http.StatusTooManyRequests, After: time.Second}},
		"Slack asks for a pause":   {team.Slack, team.Trouble{Status: http.StatusTooManyRequests, After: time.Second}},
		"Slack hangs":              {team.Slack, team.Trouble{Hang: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := own(t, setup{})
			desk := s.at(t, c.ill)
			before := s.arrives(t) // one whose thread is there, and one who comes during the outage
			before.Says("before")
			desk.Room(before).Shows("before")
			outage := desk.Disturb(c.trouble)
			during := s.arrives(t)
			saysQuickly(t, before, "old", 12)
			saysQuickly(t, during, "new", 12)
			desk.Waits("it to be asked", func() bool { return outage.Hits() > 0 })
			for _, well := range s.others(t, desk) {
				if repeated := showsInOrder(t, well.Room(before), "old", 12) + showsInOrder(t, well.Room(during), "new", 12); repeated > 0 {
					t.Errorf("%d lines are in %s twice", repeated, well.Label())
				}
			}
			outage.End()
			if repeated := showsInOrder(t, desk.Room(before), "old", 12); repeated > 0 {
				t.Errorf("%d lines are there twice, although nothing of them had an effect", repeated)
			}
			showsInOrder(t, desk.Room(during), "new", 12)
			if threads := desk.Threads(during.name); len(threads) != 1 {
				t.Errorf("%d threads were opened for one conversation", len(threads))
			}
		})
	}
}

// What was done and not answered for is found again, where a platform lets it be found, or done once more.
func TestAnswerLostAfterTheEffectRepeatsOnceAtMost(t *testing.T) {
	t.Parallel()
	for _, name := range everyPlatform {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := own(t, setup{on: []string{name}})
			for _, action := range []team.Action{team.Opening, team.Posting, team.Editing, team.Deleting, team.Closing, team.Reopening} {
				repeated, threads := s.losesAnswer(t, s.at(t, name), action)
				want := 0
				if name == team.Telegram && action == team.Posting {
					want = 1 // it has neither a key against repeats nor a way to look
				}
				if repeated > want {
					t.Errorf("%s: the line whose answer was lost is there %d times more, want %d at most", action, repeated, want)
				}
				if threads > 1 && (name != team.Telegram || action != team.Opening) {
					t.Errorf("%s: %d threads for one conversation", action, threads)
				}
			}
		})
	}
}

// losesAnswer lets one answer get lost in a conversation of everything that there is, and answers what is there more than once.
func (s *stack) losesAnswer(t *testing.T, desk team.Desk, action team.Action) (repeated, threads int) {
	t.Helper()
	vera := s.arrives(t)
	lose := func(when ...team.Action) {
		if slices.Contains(when, action) {
			desk.Disturb(team.Trouble{With: action, Unanswered: true, Times: 1})
		}
	}
	lose(team.Opening)
	first := vera.Says("first line")
	second := vera.Says("second line")
	vera.SeesStatus(second.ID, "delivered")
	room := desk.Room(vera) // of several the one that is used
	lose(team.Posting, team.Editing, team.Deleting)
	third := vera.Says("third line")
	vera.Edits(first.ID, "first line, corrected")
	vera.Deletes(second.ID)
	room.Shows("third line")
	room.Shows("first line, corrected")
	room.Hides("second line")
	vera.SeesStatus(third.ID, "delivered")
	lose(team.Closing)
	room.Says("!close")
	room.Is(team.Closed)
	vera.SeesClosed(1)
	lose(team.Reopening)
	last := vera.Says("last line")
	room.Shows("last line")
	room.Is(team.Open)
	vera.SeesStatus(last.ID, "delivered")
	for _, line := range []string{"first line", "third line", "last line"} {
		repeated += room.Count(line) - 1
	}
	return repeated, len(desk.Threads(vera.name))
}

func TestBusAwayIsToldAndRecovers(t *testing.T) {
	t.Parallel()
	s := own(t, setup{})
	vera := s.arrives(t)
	vera.Says("before")
	rooms := s.rooms(t, vera)
	for _, room := range rooms {
		room.Shows("before")
	}
	s.backing.nats.off()
	_, err := vera.Send(visitor.Within(t), "lost?", "")
	if refused := vera.Refusal(err, http.StatusServiceUnavailable); refused.RetryAfter <= 0 || refused.Code == "" {
		t.Errorf("refused with %v and Retry-After %s", refused, refused.RetryAfter)
	}
	if opened := vera.Opened(); opened != 1 {
		t.Errorf("the socket was opened %d times: the bus's absence must not close it", opened)
	}
	for name, room := range rooms {
		room.Says("an answer meanwhile from " + name)
	}
	s.backing.nats.on(t)
	vera.eventually("the bus to take messages again", func() bool {
		_, err := vera.Send(visitor.Within(t), "after", "")
		return err == nil
	})
	for _, name := range []string{team.Telegram, team.Discord} { // what they hold back is taken as soon as the services have found the bus
		vera.Hears("an answer meanwhile from " + name)
	}
	vera.eventually("Slack to have given it, or to wait a minute after its second attempt", func() bool {
		second := func(d slack.Delivery) bool { return d.Attempt == 2 }
		return s.slack.State().PendingEvents() == 0 || slices.ContainsFunc(s.slack.Deliveries(), second)
	})
	if err := s.slack.Clock().AwaitTimers(visitor.Within(t), s.slack.State().PendingEvents()); err != nil {
		t.Fatal(err)
	}
	s.slack.Clock().Advance(time.Minute)
	for name, room := range rooms {
		room.Shows("after")
		vera.Hears("an answer meanwhile from " + name)
		if room.Count("lost?") > 0 {
			t.Errorf("a message that was refused has arrived in %s", name)
		}
	}
	vera.Says("and on")
	for _, room := range rooms {
		room.Shows("and on")
	}
	if history := vera.Remembers(); len(history) != 6 || vera.Page().Counts().Doubles > 0 {
		t.Errorf("the history has %v; %s", history, vera.Page())
	}
}

// eventually tries until it succeeds: for what no frame announces.
func (g guest) eventually(what string, try func() bool) {
	g.t.Helper()
	deadline := time.Now().Add(visitor.Patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !try() {
		if time.Now().After(deadline) {
			g.t.Fatalf("waited in vain for %s; %s", what, g.Page())
		}
		<-tick.C
	}
}
