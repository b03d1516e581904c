package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/forum"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// quick is how long a POST may take whatever Telegram does, under the race detector on a loaded machine. What it takes
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

// showsInOrder waits until a topic shows all lines and fails unless their first appearances are in order. It answers how
// often lines are repeated.
func showsInOrder(tp conversation, word string, lines int) (repeated int) {
	tp.t.Helper()
	tp.Shows(fmt.Sprintf("%s %02d.", word, lines-1))
	text, last := tp.Text(), -1
	for i := range lines {
		line := fmt.Sprintf("%s %02d.", word, i)
		at := strings.Index(text, line)
		if at <= last {
			tp.t.Errorf("%q stands at %d, the one before at %d:\n%s", line, at, last, text)
		}
		last = at
		repeated += strings.Count(text, line) - 1
	}
	return repeated
}

func TestTelegramsOutageHoldsNobodyUpAndDrainsInOrder(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]telegram.Fault{
		"502":               {Status: http.StatusBadGateway},
		"reset before":      {Reset: telegram.ResetBefore},
		"hanging":           {Hang: true},
		"half of an answer": {Method: "sendMessage", Status: http.StatusInternalServerError},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := own(t, setup{})
			before := s.arrives(t) // one whose topic is there, and one who comes during the outage
			before.Says("before")
			s.operators(t).Topic(before).Shows("before")
			s.telegram.Fault(fault)
			during := s.arrives(t)
			saysQuickly(t, before, "old", 12)
			saysQuickly(t, during, "new", 12)
			s.operators(t).waits("Telegram to be asked", func(state telegram.State) bool {
				return slices.ContainsFunc(state.Requests(""), func(r telegram.Request) bool { return len(r.Faults) > 0 })
			})
			s.telegram.ClearFaults()
			if repeated := showsInOrder(s.operators(t).Topic(before), "old", 12); repeated > 0 {
				t.Errorf("%d lines are there twice, although nothing of them had an effect", repeated)
			}
			showsInOrder(s.operators(t).Topic(during), "new", 12)
			if topics := forum.Of(s.telegram.State(), during.name); len(topics) != 1 {
				t.Errorf("%d topics were opened for one conversation", len(topics))
			}
		})
	}
}

func TestAnswerLostAfterTheEffectRepeatsOnceAtMost(t *testing.T) {
	s := usual(t)
	for _, method := range []string{"sendMessage", "createForumTopic", "editMessageText", "deleteMessage", "closeForumTopic"} {
		t.Run(method, func(t *testing.T) {
			s.tellOnFailure(t)
			vera := s.arrives(t)
			lost := telegram.Fault{Method: method, Reset: telegram.ResetAfter, Times: 1}
			if method == "createForumTopic" {
				s.telegram.Fault(lost)
			}
			first := vera.Says("first line")
			second := vera.Says("second line")
			topic := s.operators(t).Topic(vera)
			topic.Shows("second line")
			vera.SeesStatus(second.ID, "delivered")
			if method != "createForumTopic" {
				s.telegram.Fault(lost)
			}
			defer s.telegram.ClearFaults()
			third := vera.Says("third line")
			vera.Edits(first.ID, "first line, corrected")
			vera.Deletes(second.ID)
			topic.Shows("third line")
			topic.Shows("first line, corrected")
			topic.waits("the deletion", func(telegram.State) bool { return !strings.Contains(topic.Text(), "second line") })
			vera.SeesStatus(third.ID, "delivered")
			topic.Reply("/close")
			topic.Is(telegram.TopicClosed)
			vera.SeesClosed(1)
			if n := strings.Count(topic.Text(), "third line"); n > 2 {
				t.Errorf("the line whose answer was lost is there %d times", n)
			}
		})
	}
}

func TestBusAwayIsToldAndRecovers(t *testing.T) {
	t.Parallel()
	s := own(t, setup{})
	vera := s.arrives(t)
	vera.Says("before")
	topic := s.operators(t).Topic(vera)
	topic.Shows("before")
	s.backing.nats.off()
	_, err := vera.Send(visitor.Within(t), "lost?", "")
	if refused := vera.Refusal(err, http.StatusServiceUnavailable); refused.RetryAfter <= 0 || refused.Code == "" {
		t.Errorf("refused with %v and Retry-After %s", refused, refused.RetryAfter)
	}
	if opened := vera.Opened(); opened != 1 {
		t.Errorf("the socket was opened %d times: the bus's absence must not close it", opened)
	}
	topic.Reply("an answer meanwhile")
	s.backing.nats.on(t)
	vera.eventually("the bus to take messages again", func() bool {
		_, err := vera.Send(visitor.Within(t), "after", "")
		return err == nil
	})
	topic.Shows("after")
	vera.Hears("an answer meanwhile")
	if strings.Contains(topic.Text(), "lost?") {
		t.Error("a message that was refused has arrived")
	}
	vera.Says("and on")
	topic.Shows("and on")
	vera.InOrder()
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
