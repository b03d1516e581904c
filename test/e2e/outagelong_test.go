package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// G9. One platform asks for pauses, fails or hangs for a while: what the others do meanwhile, and how the backlog is worked off. The
// while is three minutes each with `make outage`, and here a second.
func TestOthersAreOnTimeWhileAPlatformIsOutForLong(t *testing.T) {
	if !*full {
		t.Parallel()
	}
	for _, c := range []struct {
		name, ill string
		trouble   team.Trouble
	}{
		{"Telegram asks for pauses", team.Telegram, team.Trouble{Status: http.StatusTooManyRequests, After: time.Second}},
		{"Discord is down", team.Discord, team.Trouble{Status: http.StatusInternalServerError}},
		{"Slack hangs", team.Slack, team.Trouble{Hang: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !*full {
				t.Parallel()
			}
			own(t, setup{}).without(t, c.ill, c.trouble)
		})
	}
}

// without lets visitors talk while a platform is ill.
func (s *stack) without(t *testing.T, ill string, trouble team.Trouble) {
	t.Helper()
	const pause = 250 * time.Millisecond
	talks, lasts := 3, time.Second
	if *full {
		talks, lasts = 20, 3*time.Minute
	}
	desk, visitors := s.at(t, ill), make([]guest, talks)
	for i := range visitors {
		visitors[i] = s.arrives(t)
		visitors[i].Says("before")
		desk.Room(visitors[i]).Shows("before")
	}
	outage := desk.Disturb(trouble)
	lines, said := make([][]string, talks), make([][]time.Time, talks)
	var wg sync.WaitGroup
	for i, v := range visitors {
		wg.Go(func() {
			for n := range int(lasts / pause) {
				text := fmt.Sprintf("line %04d.", n)
				begun := time.Now()
				if _, err := v.Send(visitor.Within(t), text, ""); err != nil {
					t.Error(err)
					return
				}
				lines[i], said[i] = append(lines[i], text), append(said[i], begun)
				visitor.Sleep(t.Context(), pause)
			}
		})
	}
	wg.Wait()
	for _, well := range s.others(t, desk) {
		t.Logf("%s meanwhile: %s after they were said", well.Label(), s.arrived(t, well, visitors, lines, said, 30*time.Second))
	}
	calls, ended := outage.Hits(), time.Now()
	outage.End()
	all := s.arrived(t, desk, visitors, lines, said, 10*time.Minute)
	t.Logf("%s was called %d times in vain; its backlog of %d was worked off, in order, within %s: %s", desk.Label(), calls, talks*len(lines[0]),
		time.Since(ended).Round(10*time.Millisecond), all)
}

func (s *stack) arrived(t *testing.T, desk team.Desk, visitors []guest, lines [][]string, said [][]time.Time, patience time.Duration) string {
	t.Helper()
	var all []arrival
	for i, v := range visitors {
		all = append(all, arrivals(t, desk.Room(v), lines[i], said[i], patience)...)
	}
	return summary(all)
}
