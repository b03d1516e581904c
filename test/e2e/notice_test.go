package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

func TestCustomEventsAndIdentityAreNotices(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	rooms := s.rooms(t, vera)
	if !vera.Trigger("added_to_cart", map[string]any{"sku": "A-1"}) {
		t.Fatal("no socket to send it over")
	}
	for _, room := range rooms {
		event := room.Shows("added_to_cart")
		if room.Count("A-1") == 0 || room.Count("⚡") == 0 {
			t.Errorf("%s does not tell what the event says: %q", room.Label(), event.Text)
		}
	}
	for _, room := range rooms {
		harmless(t, room)
		room.Is(team.Open)
	}
	vera.Shows("hi")
}

func TestWhoeverTellsTheNameLaterIsAnnounced(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	rooms := s.rooms(t, vera)
	for _, room := range rooms {
		room.Shows("hi")
	}
	vera.Identifies(map[string]any{"id": "customer-7", "name": "Veronika", "email": "veronika@example.com"})
	for _, room := range rooms {
		room.Shows("is now known")
		room.Shows("Veronika")
		harmless(t, room)
	}
}

func TestWhoeverLeavesIsAnnouncedOnceAndNotWhoComesBack(t *testing.T) {
	t.Parallel()
	s := own(t, setup{left: time.Second})
	vera, stays := s.arrives(t), s.arrives(t)
	vera.Says("hi")
	stays.Says("hi")
	rooms := s.rooms(t, vera)
	vera.GoesOffline()
	for _, room := range rooms {
		room.Shows("left (was here for")
	}
	vera.ComesBack()
	vera.Says("back again")
	for name, room := range rooms {
		room.Shows("back again")
		if n := room.Count("left (was here for"); n != 1 {
			t.Errorf("%s says it %d times", name, n)
		}
		harmless(t, room)
	}
	for name, room := range s.rooms(t, stays) {
		if room.Count("left") > 0 {
			t.Errorf("%s says that somebody left who is there", name)
		}
	}
}

func TestRatingIsAskedForAndShownToAll(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		room.Says("!csat")
		vera.SeesRatingCard()
		room.Tells("asked for a rating")
		vera.Rates(4, "quick & <b>friendly</b> @everyone")
		for _, there := range s.rooms(t, vera) {
			there.Shows("4/5")
			if !strings.Contains(visible(there.Text()), "quick & <b>friendly</b> @everyone") {
				t.Errorf("%s shows:\n%s", there.Label(), there.Text())
			}
			harmless(t, there)
		}
		room.Says("!csat")
		room.Tells("has given 4 of 5")
		vera.Shows("hi")
	})
}

func TestScreenshotIsAskedForAndShown(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		room.Says("!screenshot", team.As("Olga"))
		asked := vera.SeesScreenshotRequest()
		if _, err := vera.Picture(visitor.Within(t), asked.RequestID, drawing(t)); err != nil {
			t.Fatal(err)
		}
		for _, there := range s.rooms(t, vera) {
			there.Sees("a picture of the page", func(posts []team.Post) bool {
				return slices.ContainsFunc(posts, func(p team.Post) bool {
					return slices.ContainsFunc(p.Files, func(f team.File) bool { return f.Picture })
				})
			})
		}
	})
}

func TestBlockedVisitorIsHeardNoMoreUntilUnblocked(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		room.Says("!block")
		room.Tells("Blocked")
		vera.eventually("a refusal", func() bool {
			_, err := vera.Send(visitor.Within(t), "are you there?", "")
			return err != nil
		})
		room.Says("!unblock")
		room.Tells("heard again")
		vera.eventually("to be heard", func() bool {
			_, err := vera.Send(visitor.Within(t), "thank you", "")
			return err == nil
		})
		room.Shows("thank you")
	})
}

func TestPresenceIsTheTeams(t *testing.T) {
	t.Parallel()
	s := own(t, setup{})
	vera := s.arrives(t)
	vera.Says("hi")
	for _, room := range s.rooms(t, vera) {
		room.Says("!online")
		vera.Waits("somebody to be there", vera.Page().Online)
		room.Says("!offline")
		vera.Waits("nobody to be there", func() bool { return !vera.Page().Online() })
	}
	vera.Shows("hi")
}
