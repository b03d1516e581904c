package deliver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

func TestRateLimitStopsTheChatAndLosesNothing(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		var limited time.Time
		f.fail = func(call string, _ *Post) error {
			if limited.IsZero() {
				limited = time.Now()
				return &Failure{Kind: RateLimited, After: 7 * time.Second, Err: errors.New("slow down")}
			}
			if time.Since(limited) < 7*time.Second {
				t.Errorf("called %v after being told to wait", time.Since(limited))
			}
			return nil
		}
		w.says("b")
		if n := deliver(t, e, w.says("c")); n != 1 {
			t.Fatalf("the bus delivered %d times: the lane has to wait by itself", n)
		}
		expect(t, f.visible(), "t1: card[a]", "t1: [b c]")
	})
}

func TestARefusalForTheRateCostsNoBudget(t *testing.T) {
	inBubble(t, pace.Limits{Units: 3, Window: time.Minute}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		limited := false
		f.fail = func(string, *Post) error {
			if !limited {
				limited = true
				return &Failure{Kind: RateLimited, After: time.Second, Err: errors.New("slow down")}
			}
			return nil
		}
		begun := time.Now()
		deliver(t, e, w.says("b"))
		if took := time.Since(begun); took > 2*time.Second {
			t.Fatalf("took %v", took)
		}
	})
}

func TestAMessageSurvivesTheReopeningThatItAskedFor(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		deliver(t, e, w.closes("Olga"))
		f.fail = func(call string, _ *Post) error {
			if call == "post" {
				return errors.New("connection reset")
			}
			return nil
		}
		ev := w.says("b")
		if err := e.Handle(t.Context(), ev); err == nil {
			t.Fatal("settled")
		}
		f.fail = nil
		deliver(t, newEngine(w, f, pace.Limits{}), ev)
		expect(t, f.visible(), "t1: card[a]", "t1: [closed by Olga]", "t1: [b]")
	})
}

func TestWhatTheTeamWritesInAClosedConversationIsShownAndLeavesItClosed(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		deliver(t, e, w.closes(""))
		for _, messageID := range []string{"b", "c"} {
			w.writes(&bellhopv1.Message{Id: messageID, Content: messageID, Sender: "operator"}, "api")
		}
		failed := false
		f.fail = func(call string, _ *Post) error {
			if call == "close" && !failed {
				failed = true
				return errors.New("connection reset")
			}
			return nil
		}
		before := len(f.called())
		deliver(t, e, bus.Event{Project: id.Default, Session: w.session, Seq: w.seq})
		expect(t, f.visible(), "t1: card[a]", "t1: [closed by ]", "t1: [b]", "t1: [c]")
		expect(t, f.called()[before:], "post", "reopen", "post", "post", "close", "close")
		if f.threads["t1"] != "closed" || w.state().ThreadStatus != "closed" {
			t.Fatalf("the thread is %s, and said to be %s", f.threads["t1"], w.state().ThreadStatus)
		}
		deliver(t, e, w.says("d"))
		if f.threads["t1"] != "open" || w.state().ThreadStatus != "active" {
			t.Fatalf("the visitor writes on, and the thread is %s, and said to be %s", f.threads["t1"], w.state().ThreadStatus)
		}
	})
}

func TestAReplyDoesNotPointIntoALostThread(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		f.threads["t1"] = "gone"
		deliver(t, e, w.writes(&bellhopv1.Message{Id: "b", Content: "b", Sender: "visitor", ReplyTo: "a"}, "widget"))
		expect(t, f.visible(), "t1: card[a]", "t3: card[b]")
	})
}

func TestALaneThatWaitedDoesNotCallARevokedBot(t *testing.T) {
	inBubble(t, pace.Limits{Units: 2, Window: time.Minute}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		handled := make(chan error, 1)
		go func() { handled <- e.Handle(t.Context(), w.says("b")) }()
		time.Sleep(30 * time.Second)
		e.circuit.trip(errors.New("kicked"))
		if <-handled == nil || len(f.called()) != 2 {
			t.Fatalf("called %v", f.called())
		}
	})
}

func TestALostThreadIsOpenedAnewThreeTimesAnHour(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		for i := range 5 {
			deliver(t, e, w.says(fmt.Sprint("m", i)))
			f.set(func(f *fake) {
				for thread := range f.threads {
					f.threads[thread] = "gone"
				}
			})
		}
		expect(t, f.visible(), "t1: card[m0]", "t3: card[m1]", "t5: card[m2]", "t7: card[m3]")
		if len(w.buried) != 1 {
			t.Fatalf("buried %v", w.buried)
		}
		var replaced []string
		for _, ev := range w.events {
			if opened, ok := ev.Data.(*eventv1.ThreadOpened); ok {
				replaced = append(replaced, opened.Replaces)
			}
		}
		expect(t, replaced, "", "t1", "t3", "t5")
		time.Sleep(time.Hour)
		deliver(t, e, w.says("later"))
		expect(t, f.visible()[4:], "t9: card[later]")
	})
}

func TestAThreadThatAnOperatorClosedIsReopened(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		f.threads["t1"] = "closed"
		deliver(t, e, w.says("b"))
		expect(t, f.visible(), "t1: card[a]", "t1: [b]")
		if f.threads["t1"] != "open" || w.state().ThreadStatus != "active" {
			t.Fatal("thread is not open")
		}
	})
}

func TestClosingSaysByWhomAndTheNextMessageReopens(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		failed := false
		f.fail = func(call string, _ *Post) error {
			if call == "close" && !failed {
				failed = true
				return errors.New("connection reset")
			}
			return nil
		}
		deliver(t, e, w.closes("Olga"))
		if f.threads["t1"] != "closed" || w.state().ThreadStatus != "closed" {
			t.Fatal("thread is not closed")
		}
		deliver(t, e, w.says("b"))
		if f.threads["t1"] != "open" || w.state().ThreadStatus != "active" {
			t.Fatal("thread is not open")
		}
		expect(t, f.visible(), "t1: card[a]", "t1: [closed by Olga]", "t1: [b]")
	})
}

// The visitor goes on before a closing that got no answer is tried again: nobody has heard of it, and the thread is closed.
func TestAThreadThatMayBeClosedIsOpenedWithTheConversation(t *testing.T) {
	for name, reopen := range map[string]func(*world) bus.Event{
		"by a message": func(w *world) bus.Event { return w.says("b") },
		"by an operator": func(w *world) bus.Event {
			w.mu.Lock()
			defer w.mu.Unlock()
			ev := w.fact(bus.SessionReopened)
			w.record.Session.Status, w.record.StatusSeq = "active", ev.Seq
			return ev
		},
	} {
		inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
			deliver(t, e, w.says("a"))
			f.lose = func(call string, _ *Post) error {
				if call == "close" {
					f.lose = nil
					return errors.New("connection reset")
				}
				return nil
			}
			if e.Handle(t.Context(), w.closes("Olga")) == nil || f.threads["t1"] != "closed" {
				t.Fatal("the closing was answered")
			}
			deliver(t, e, reopen(w))
			if f.threads["t1"] != "open" {
				t.Errorf("reopened %s the thread is %s", name, f.threads["t1"])
			}
			calls := len(f.called())
			deliver(t, e, w.says("c"))
			if got := f.called()[calls:]; len(got) != 1 {
				t.Errorf("afterwards %q", got)
			}
		})
	}
}

func TestAClosedOrLostThreadNeedsNoClosing(t *testing.T) {
	for _, state := range []string{"closed", "gone"} {
		inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
			deliver(t, e, w.says("a"))
			f.threads["t1"] = state
			deliver(t, e, w.closes("Olga"))
			if w.state().ThreadStatus != "closed" || len(w.buried) != 0 {
				t.Fatalf("state %v, buried %v", w.state(), w.buried)
			}
		})
	}
}

func TestAMovedChatIsFollowed(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		f.fail = func(call string, _ *Post) error {
			if f.chat == "c1" {
				f.chat, f.moved["c1"] = "c2", "c2"
				return refuse(Moved)
			}
			return nil
		}
		deliver(t, e, w.says("b"))
		if s := w.state(); s.Chat != "c2" || s.Thread != "t1" {
			t.Fatalf("state %v", s)
		}
		deliver(t, e, w.says("c"))
		expect(t, f.visible(), "t1: card[a]", "t1: [b]", "t1: [c]")
	})
}

func TestWhatIsRefusedGoesToTheDeadLettersAndTheRestGoesOn(t *testing.T) {
	inBubble(t, pace.Limits{Units: 3, Window: time.Minute}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		deliver(t, e, w.says("b"))
		f.fail = func(_ string, p *Post) error {
			if p != nil && slices.ContainsFunc(p.Messages, poison) {
				return refuse(TextRefused)
			}
			return nil
		}
		first := w.says("c")
		bad := w.says("poison")
		w.says("d")
		deliver(t, e, first)
		got := strings.Join(f.visible()[2:], " ")
		if strings.Contains(got, "poison") || !strings.Contains(got, "c") || !strings.Contains(got, "d") {
			t.Fatalf("visible %q", got)
		}
		if !slices.Equal(w.buried, []uint64{bad.Seq}) {
			t.Fatalf("buried %v, want %d", w.buried, bad.Seq)
		}
		failed := slices.ContainsFunc(w.events, func(ev bus.Event) bool {
			data, ok := ev.Data.(*eventv1.MessageFailed)
			return ok && slices.Equal(data.MessageIds, []string{"poison"}) && data.Through == bad.Seq && data.Reason != ""
		})
		if !failed {
			t.Fatal("message.failed is missing")
		}
	})
}

func TestAnUnknownOutcomeIsRepeatedAndNothingOvertakes(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		tries := 0
		f.fail = func(string, *Post) error {
			if tries++; tries < 4 {
				return errors.New("timeout")
			}
			return nil
		}
		first := w.says("b")
		begun := time.Now()
		if err := e.Handle(t.Context(), first); err == nil {
			t.Fatal("an unknown outcome counted as success")
		}
		if err := e.Handle(t.Context(), w.says("c")); err == nil {
			t.Fatal("the next event went on before the delay was over")
		}
		if tries != 1 {
			t.Fatalf("%d calls within the delay", tries)
		}
		deliver(t, e, first)
		if took := time.Since(begun); took != 7*time.Second {
			t.Fatalf("delays of 1, 2 and 4 s took %v", took)
		}
		expect(t, f.visible(), "t1: card[a]", "t1: [b]", "t1: [c]")
	})
}

func TestAnOpeningWithoutAnswerWaitsThreeSeconds(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		var lost time.Time
		f.lose = func(call string, _ *Post) error {
			if call == "open" && lost.IsZero() {
				lost = time.Now()
				return errors.New("timeout")
			}
			return nil
		}
		deliver(t, e, w.says("a"))
		if time.Since(lost) < 3*time.Second {
			t.Fatal("opened again too early")
		}
		expect(t, f.visible(), "t2: card[a]")
	})
}

func TestARevokedBotMakesOneProbeAMinute(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		revoked := true
		f.fail = func(string, *Post) error {
			if revoked {
				return refuse(Forbidden)
			}
			return nil
		}
		first := w.says("a")
		begun := time.Now()
		for time.Since(begun) < 10*time.Minute {
			if e.Handle(t.Context(), first) == nil {
				t.Fatal("settled although nothing can be sent")
			}
			time.Sleep(time.Second)
		}
		if n := len(f.called()); n < 9 || n > 11 {
			t.Fatalf("%d calls in ten minutes", n)
		}
		revoked = false
		deliver(t, e, first)
		expect(t, f.visible(), "t1: card[a]")
	})
}

func TestWhatCouldNotBeReportedIsNotSentTwice(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		first := w.says("a")
		for _, call := range []string{"open", "post"} {
			w.set(func(w *world) { w.deaf = true })
			if err := e.Handle(t.Context(), first); err == nil {
				t.Fatal("settled without a report")
			}
			time.Sleep(time.Minute)
			w.set(func(w *world) { w.down = true; w.deaf = false })
			if err := e.Handle(t.Context(), first); err == nil {
				t.Fatalf("settled without an answer after %s", call)
			}
			time.Sleep(time.Minute)
			w.set(func(w *world) { w.down = false })
		}
		deliver(t, e, first)
		expect(t, f.called(), "open", "post")
	})
}

// A consumer's server may hand out an event that the stream's leader, and so the sessions service, has not heard of.
func TestEventThatIsNotInTheStoreYetIsNotSettled(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		first := w.says("a")
		w.set(func(w *world) { w.hidden = first.Seq })
		if err := e.Handle(t.Context(), first); err == nil {
			t.Fatal("settled without having been seen")
		}
		w.set(func(w *world) { w.hidden = 0 })
		time.Sleep(time.Minute)
		deliver(t, e, first)
		expect(t, f.visible(), "t1: card[a]")
	})
}

func TestAKillBetweenOpeningAndPostKeepsTheCard(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		f.fail = func(call string, _ *Post) error {
			if call == "post" {
				return errors.New("connection reset")
			}
			return nil
		}
		first := w.says("a")
		if err := e.Handle(t.Context(), first); err == nil {
			t.Fatal("settled")
		}
		f.fail = nil
		deliver(t, newEngine(w, f, pace.Limits{}), first)
		expect(t, f.visible(), "t1: card[a]")
	})
}

func TestNothingIsBegunAfterTheLeaseIsLost(t *testing.T) {
	inBubble(t, pace.Limits{Units: 2, Window: time.Minute}, func(t *testing.T, w *world, f *fake, e *Engine) {
		ctx, lose := context.WithCancel(t.Context())
		f.took = time.Second
		w.says("a")
		handled := make(chan error, 1)
		go func() { handled <- e.Handle(ctx, w.says("b")) }()
		time.Sleep(1500 * time.Millisecond)
		lose() // while the first post is on its way
		if err := <-handled; !errors.Is(err, context.Canceled) {
			t.Fatalf("ended with %v", err)
		}
		expect(t, f.visible(), "t1: card[a]")
		if s := w.state(); s.Through == 0 {
			t.Fatal("what was begun was not reported")
		}
	})
}

func poison(m *sessionsv1.MessageRecord) bool { return m.Message.Content == "poison" }

func TestWhatCouldNotBeReportedIsNotDoneAgainAfterTheLeaseWasLost(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		second := w.says("b")
		w.set(func(w *world) { w.deaf = true })
		if err := e.Handle(t.Context(), second); err == nil {
			t.Fatal("settled although nothing could be reported")
		}
		w.set(func(w *world) { w.deaf = false })
		later := newEngine(w, f, pace.Limits{})
		later.Inherit(e)
		deliver(t, later, second)
		expect(t, f.visible(), "t1: card[a]", "t1: [b]")
		expect(t, f.called(), "open", "post", "post")
	})
}
