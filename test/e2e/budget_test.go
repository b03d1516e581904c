package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// arrival is how long after it was said a line stood on a platform.
type arrival struct {
	line  string
	after time.Duration
}

// arrivals waits until a room shows all lines of a visitor, and tells when each came.
func arrivals(t *testing.T, room team.Room, lines []string, said []time.Time, patience time.Duration) (all []arrival) {
	t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(room.Text(), lines[len(lines)-1]) {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not show %q after %s:\n%s", room.Label(), lines[len(lines)-1], patience, room.Text())
		}
		<-tick.C
	}
	inOrder(t, room, lines)
	for i, l := range lines {
		for _, p := range room.Standing() {
			if strings.Contains(p.Text, l) {
				all = append(all, arrival{l, max(0, p.At.Sub(said[i]))})
				break
			}
		}
	}
	return all
}

// summary are quantiles of how long things took.
func summary(all []arrival) string {
	took := make([]time.Duration, 0, len(all))
	for _, a := range all {
		took = append(took, a.after)
	}
	slices.Sort(took)
	at := func(q float64) time.Duration { return took[int(q*float64(len(took)-1))].Round(time.Millisecond) }
	return fmt.Sprintf("%d: p50 %s, p90 %s, p99 %s, last %s", len(took), at(0.5), at(0.9), at(0.99), at(1))
}

// Telegram's real budget, 20 a minute and one a second: how a minute's messages arrive. `make budget` is 60 messages of 6 new
// conversations in a minute, and then, when that has passed, 60 of the same in ten seconds; here it is a few. In the middle of them
// somebody new comes.
func TestTelegramsBudgetIsKeptAndEverythingArrives(t *testing.T) {
	t.Parallel()
	talks, each, within := 2, 4, time.Second
	if *full {
		talks, each, within = 6, 10, time.Minute
	}
	s := own(t, setup{on: []string{team.Telegram}, real: true})
	desk, visitors := s.at(t, team.Telegram), make([]guest, talks)
	for i := range visitors {
		visitors[i] = s.arrives(t)
	}
	s.budget(t, desk, visitors, each, within)
	if *full {
		visitor.Sleep(t.Context(), time.Minute)
		s.budget(t, desk, visitors, each, 10*time.Second)
	}
	if strain := desk.Strain(); strain.Violations > 0 || strain.Denied > 0 {
		t.Errorf("%d calls were refused for their rate, %d came within a pause", strain.Denied, strain.Violations)
	}
}

// budget lets visitors speak evenly over a while, and a new one in the middle of it, and says how all of it arrives.
func (s *stack) budget(t *testing.T, desk team.Desk, visitors []guest, each int, within time.Duration) {
	t.Helper()
	const patience = 5 * time.Minute
	talks := len(visitors)
	lines, said := make([][]string, talks), make([][]time.Time, talks)
	begun, calls := time.Now(), desk.Calls(team.Anything)
	var late guest
	var lateSaid time.Time
	for n := range talks * each {
		visitor.Sleep(t.Context(), time.Until(begun.Add(within*time.Duration(n)/time.Duration(talks*each))))
		if n == talks*each/2 {
			late, lateSaid = s.arrives(t), time.Now()
			late.Says("a new conversation")
		}
		i := n % talks
		lines[i], said[i] = append(lines[i], fmt.Sprintf("line %03d in %s.", n, within)), append(said[i], time.Now())
		visitors[i].Says(lines[i][len(lines[i])-1])
	}
	var all []arrival
	for i, v := range visitors {
		all = append(all, arrivals(t, desk.Room(v), lines[i], said[i], patience)...)
	}
	t.Logf("%d messages of %d visitors in %s: %s after they were said; all of it with %d calls, %s after the first", talks*each, talks, within,
		summary(all), desk.Calls(team.Anything)-calls, time.Since(begun).Round(time.Second))
	t.Logf("a new conversation in the middle of them: %s", summary(arrivals(t, desk.Room(late), []string{"a new conversation"}, []time.Time{lateSaid}, patience)))
}
