package e2e

import (
	"testing"

	"github.com/bellhop-chat/bellhop/internal/condition"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// trouble is what the notifier says is wrong with a platform; empty for nothing.
func (s *stack) trouble(t *testing.T, platform string) string {
	t.Helper()
	all, err := condition.List(visitor.Within(t), s.bus.Notebook())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.Platform == platform && c.Part == "notifier" {
			return c.Problem
		}
	}
	return ""
}

// A token that is revoked stops one platform and is told. With another one everything that waited is delivered, in order.
func TestRevokedTokenIsToldAndDeliveryGoesOnWithAnother(t *testing.T) {
	t.Parallel()
	for _, ill := range everyPlatform {
		t.Run(ill, func(t *testing.T) {
			t.Parallel()
			s := own(t, setup{})
			desk, vera := s.at(t, ill), s.arrives(t)
			before := vera.Says("before")
			room := desk.Room(vera)
			room.Shows("before")
			vera.SeesStatus(before.ID, "delivered")
			desk.ReplaceToken()
			var meanwhile []string
			for i := range 5 {
				meanwhile = append(meanwhile, line("vera meanwhile", i))
				vera.Says(meanwhile[i])
			}
			for _, well := range s.others(t, desk) {
				well.Room(vera).Shows(meanwhile[4])
			}
			vera.eventually("the trouble to be told", func() bool { return s.trouble(t, ill) != "" })
			if room.Count("meanwhile") > 0 {
				t.Fatal("it was taken")
			}
			s.restart(t, "notifier", "inbound")
			s.connect(t, s.url, setup{})
			vera.Says("after")
			room.Shows("after")
			inOrder(t, room, append(meanwhile, "after"))
			room.Says("and an answer")
			vera.Hears("and an answer")
			vera.eventually("the end of the trouble", func() bool { return s.trouble(t, ill) == "" })
			if threads := desk.Threads(vera.name); len(threads) != 1 {
				t.Errorf("%d threads", len(threads))
			}
		})
	}
}

// Inbound is restarted while people write: what is said meanwhile is heard afterwards, once.
func TestWhatIsSaidWhileInboundRestartsIsHeard(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{team.Telegram, team.Discord} { // Slack comes again after a minute
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			s := own(t, setup{on: []string{platform}, private: true})
			vera := s.arrives(t)
			vera.Says("hi")
			room := s.at(t, platform).Room(vera)
			room.Says("before")
			vera.Hears("before")
			s.stop["inbound"]()
			said := room.Says("meanwhile")
			room.Says("and more")
			said.Becomes("meanwhile, corrected")
			s.restart(t, "inbound")
			vera.Hears("and more")
			room.Says("after")
			vera.Hears("after")
			vera.Shows("hi", "before", "meanwhile, corrected", "and more", "after")
		})
	}
}
