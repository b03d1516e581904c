package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

func TestTooManyMessagesAreRefusedWithRetryAfter(t *testing.T) {
	t.Parallel()
	s := own(t, setup{limits: true})
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

func TestBudgetIsKeptAndBurstsAreJoined(t *testing.T) {
	t.Parallel()
	s := own(t, setup{budget: 20})
	vera, omar := s.arrives(t), s.arrives(t)
	const burst = 60
	for i := range burst {
		vera.Says(fmt.Sprintf("vera line %02d.", i))
		omar.Says(fmt.Sprintf("omar line %02d.", i))
		if i == burst/2 {
			s.telegram.Fault(telegram.Fault{Method: "sendMessage", Status: http.StatusTooManyRequests, RetryAfter: 2, Times: 1})
		}
	}
	operators := s.operators(t)
	for _, of := range []struct {
		guest
		say string
	}{{vera, "vera"}, {omar, "omar"}} {
		topic := operators.Topic(of.guest)
		topic.Shows(fmt.Sprintf("%s line %02d.", of.say, burst-1))
		shown, last := topic.Text(), -1
		for i := range burst {
			line := fmt.Sprintf("%s line %02d.", of.say, i)
			at := strings.Index(shown, line)
			if at <= last || strings.Count(shown, line) != 1 {
				t.Fatalf("%q stands at %d after %d, %d times:\n%s", line, at, last, strings.Count(shown, line), shown)
			}
			last = at
		}
		of.SeesStatus(of.Page().Messages()[burst-1].ID, "delivered")
	}
	limits := s.telegram.Limits()
	if limits.Violations > 0 {
		t.Errorf("%d calls inside a retry_after: %+v", limits.Violations, limits)
	}
	if limits.Denied != 1 {
		t.Errorf("%d calls were refused for their rate, want only the injected one: %+v", limits.Denied, limits)
	}
	if units := limits.Chats[s.telegram.ChatID()].Units; units > 20 {
		t.Errorf("%d calls for %d messages: the bursts were not joined", units, 2*burst)
	}
}
