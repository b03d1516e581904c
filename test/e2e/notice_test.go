package e2e

import (
	"testing"

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
	o := s.browser()
	o.VisitorID, o.SessionID = vera.VisitorID(), vera.SessionID()
	o.Identity["id"], o.Identity["name"], o.Identity["email"] = "customer-7", "Veronika", "veronika@example.com"
	again := visitor.Arrive(t, o)
	again.Says("it is me")
	for _, room := range rooms {
		room.Shows("it is me")
		room.Shows("is now known")
		room.Shows("Veronika")
		harmless(t, room)
	}
}
