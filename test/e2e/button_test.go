package e2e

import (
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
)

func TestButtonsOfTheCardCloseReopenAndMarkAsRead(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		hi := vera.Says("hi")
		room := desk.Room(vera)
		room.Shows("hi")
		vera.SeesStatus(hi.ID, "delivered")
		room.Presses("Mark read")
		vera.SeesStatus(hi.ID, "read")
		room.Presses("Close", team.As("Olga"))
		vera.SeesClosed(1)
		room.Shows("Closed by Olga")
		room.Is(team.Closed)
		vera.Shows("hi")
	})
}
