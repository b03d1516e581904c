package e2e

import (
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
)

// An operator who has corrected himself sends a file without a word.
func TestFileAfterACorrectionReachesTheVisitor(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		room.Shows("hi")
		for _, n := range []string{"first", "second", "third"} {
			said := room.Says("an answer, the " + n)
			heard := vera.Hears("an answer, the " + n)
			said.Becomes("a better answer, the " + n)
			vera.SeesEdited(heard.ID, "a better answer, the "+n)
			room.Says("", team.WithFile(n+".pdf", "application/pdf", []byte("%PDF-1.7 "+n)))
			vera.HearsFile(n + ".pdf")
		}
	})
}
