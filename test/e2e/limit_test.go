package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

func TestTooManyMessagesAreRefusedWithRetryAfter(t *testing.T) {
	t.Parallel()
	s := own(t, setup{on: []string{team.Telegram}, limits: true})
	vera, other := s.arrives(t), s.arrives(t)
	var refused *visitor.Refused
	for i := range 200 {
		if _, err := vera.Send(visitor.Within(t), fmt.Sprint(i), ""); errors.As(err, &refused) {
			break
		}
	}
	if refused == nil {
		t.Fatal("200 messages at once were all accepted")
	}
	if refused.Status != http.StatusTooManyRequests || refused.RetryAfter <= 0 || refused.Code != "rate_limited" {
		t.Errorf("refused with %v and Retry-After %s", refused, refused.RetryAfter)
	}
	other.Says("the limit of one is not that of another")
	vera.Connects() // a widget whose connect is refused stays dead
}

func TestLimitsAreKeptAndBurstsAreJoined(t *testing.T) {
	t.Parallel()
	s := own(t, setup{real: true})
	visitors := []guest{s.arrives(t), s.arrives(t)}
	const burst, patience = 30, 2 * time.Minute
	lines, said := make([][]string, len(visitors)), make([][]time.Time, len(visitors))
	for n := range burst {
		for i, v := range visitors {
			lines[i], said[i] = append(lines[i], fmt.Sprintf("line %02d.", n)), append(said[i], time.Now())
			v.Says(lines[i][n])
		}
		if n == burst/2 {
			for _, p := range s.all {
				p.Disturb(team.Trouble{With: team.Posting, Status: http.StatusTooManyRequests, After: 2 * time.Second, Times: 1})
			}
		}
	}
	for _, p := range s.all {
		desk := team.At(t, p)
		for i, v := range visitors {
			arrivals(t, desk.Room(v), lines[i], said[i], patience)
		}
		if strain := desk.Strain(); strain.Violations > 0 || strain.Denied != 1 {
			t.Errorf("%s refused %d calls for their rate, want only the injected one; %d came within a pause", desk.Label(), strain.Denied, strain.Violations)
		}
		if calls := desk.Calls(team.Posting); calls > len(visitors)*burst*3/4 {
			t.Errorf("%d posts in %s for %d messages: the bursts were not joined", calls, desk.Label(), len(visitors)*burst)
		}
	}
	for _, v := range visitors {
		v.SeesStatus(v.Page().Messages()[burst-1].ID, "delivered")
	}
}
