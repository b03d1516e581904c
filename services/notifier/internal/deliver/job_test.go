package deliver

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

// writesLong adds a visitor's text.
func (w *world) writesLong(messageID, text string) bus.Event {
	return w.writes(&bellhopv1.Message{Id: messageID, Content: text, Sender: "visitor"}, "widget")
}

func TestALongTextIsPostedInPartsAndRevisedAsOne(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		f.maxText = 4
		deliver(t, e, w.says("a"))
		deliver(t, e, w.writesLong("b", "1111222233"))
		expect(t, f.visible(), "t1: card[a]", "t1: [1111]", "t1: [2222]", "t1: [33]")
		deliver(t, e, w.edits("b", "1111555"))
		expect(t, f.visible(), "t1: card[a]", "t1: [1111]", "t1: [555]")
		deliver(t, e, w.edits("b", "11115556666777788889999"))
		expect(t, f.visible(), "t1: card[a]", "t1: [1111]", "t1: [5556]", "t1: [6667]", "t1: [7778]", "t1: [8889]", "t1: [999]")
		deliver(t, e, w.deletes("b"))
		expect(t, f.visible(), "t1: card[a]")
	})
}

func TestAPartThatFailsIsTriedAgainAndThoseBeforeItAreNot(t *testing.T) {
	for name, failure := range map[string]error{
		"unknown": errors.New("connection refused"), "rate limit": &Failure{Kind: RateLimited, After: time.Second, Err: errors.New("slow")},
		"text refused": refuse(TextRefused), "reply gone": refuse(ReplyGone),
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
				f.maxText = 4
				deliver(t, e, w.says("a"))
				posts := 0
				f.fail = func(string, *Post) error {
					if posts++; posts == 2 {
						return failure
					}
					return nil
				}
				deliver(t, e, w.writesLong("b", "1111222233"))
				expect(t, f.visible(), "t1: card[a]", "t1: [1111]", "t1: [2222]", "t1: [33]")
			})
		})
	}
}

func TestAMessageDeletedWhileItsPartsArePostedIsRemovedWhole(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		f.maxText = 4
		deliver(t, e, w.says("a"))
		posts := 0
		f.fail = func(string, *Post) error {
			if posts++; posts == 2 {
				return errors.New("connection refused")
			}
			return nil
		}
		long := w.writesLong("b", "11112222")
		if err := e.Handle(t.Context(), long); err == nil {
			t.Fatal("the failure was swallowed")
		}
		gone := w.deletes("b")
		deliver(t, e, long)
		deliver(t, e, gone)
		expect(t, f.visible(), "t1: card[a]")
	})
}

func TestWhatStandsOfAGivenUpPostCanStillBeDeleted(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		f.maxText = 4
		deliver(t, e, w.says("a"))
		f.fail = func(_ string, p *Post) error {
			if p != nil && len(f.posts) > 1 {
				return refuse(Refused)
			}
			return nil
		}
		deliver(t, e, w.writesLong("b", "11112222"))
		if len(w.buried) != 1 {
			t.Fatalf("buried %v", w.buried)
		}
		f.fail = nil
		deliver(t, e, w.deletes("b"))
		expect(t, f.visible(), "t1: card[a]")
	})
}

// notices makes the world list notices.
func (w *world) notices(names ...string) bus.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	var ev bus.Event
	for _, name := range names {
		ev = w.fact(bus.EventReceived)
		w.record.Notices = append(w.record.Notices, &sessionsv1.Notice{Seq: ev.Seq, Kind: "event", Name: name, At: timestamppb.Now()})
	}
	return ev
}

func TestNoticesAreShownInOneSilentPostAndOnce(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.notices("early"))
		expect(t, f.visible())
		deliver(t, e, w.says("a"))
		expect(t, f.visible(), "t1: card[event early]", "t1: [a]")
		last := w.notices("one", "two")
		said := w.says("b")
		deliver(t, e, last)
		deliver(t, e, said)
		deliver(t, e, last)
		expect(t, f.visible(), "t1: card[event early]", "t1: [a]", "t1: [event one event two]", "t1: [b]")
	})
}

func TestAThreadWhoseOpeningShowsTheCardGetsNoOther(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		f.carded = true
		deliver(t, e, w.says("a"))
		expect(t, f.visible(), "t1: card[]", "t1: [a]")
	})
}

func TestALimitOfTheWholeBotStopsAllOfIt(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		e.Pacer.FreezeAll(10 * time.Second)
		begun := time.Now()
		deliver(t, e, w.says("b"))
		if took := time.Since(begun); took < 10*time.Second {
			t.Errorf("called after %v", took)
		}
		if e.Pacer.Frozen("another") {
			t.Error("still frozen")
		}
	})
}

func TestTextsPlanWhatIsMissingAndWhatIsLeftOver(t *testing.T) {
	var got []string
	for _, calls := range [][]Call{Texts(2, nil), Texts(3, []string{"a"}), Texts(1, []string{"a", "b"})} {
		var line []string
		for _, c := range calls {
			line = append(line, map[Action]string{Send: "+", Edit: "~", Remove: "-"}[c.Do]+c.ID)
		}
		got = append(got, strings.Join(line, " "))
	}
	if want := []string{"+ +", "~a + +", "~a -b"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// What was sent and not answered is sent again as it was, or a platform that could find it would not: then it is made what it has become.
func TestAPostWithoutAnAnswerIsFinishedAsItWasBegun(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world) bus.Event
		want   []string
	}{
		"corrected": {func(w *world) bus.Event { return w.edits("b", "B") }, []string{"t1: card[a]", "t1: [B]"}},
		"corrected, and more was said": {func(w *world) bus.Event {
			w.edits("b", "B")
			return w.says("c")
		}, []string{"t1: card[a]", "t1: [B]", "t1: [c]"}},
		"taken back": {func(w *world) bus.Event { return w.deletes("b") }, []string{"t1: card[a]"}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
				f.finds = true
				deliver(t, e, w.says("a"))
				f.lose = func(string, *Post) error {
					f.lose = nil
					return errors.New("connection reset")
				}
				if e.Handle(t.Context(), w.says("b")) == nil {
					t.Fatal("it was answered")
				}
				deliver(t, e, c.change(w))
				expect(t, f.visible(), c.want...)
			})
		})
	}
}

// The thread is closed by hand while a post in it is in doubt.
func TestAPostInDoubtIsFinishedInAThreadThatWasClosedMeanwhile(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		f.fail = func(string, *Post) error {
			f.fail = nil
			return errors.New("connection reset")
		}
		said := w.says("b")
		if e.Handle(t.Context(), said) == nil {
			t.Fatal("it was answered")
		}
		f.threads["t1"] = "closed"
		deliver(t, e, said)
		expect(t, f.visible(), "t1: card[a]", "t1: [b]")
		if f.threads["t1"] != "open" || len(w.buried) > 0 {
			t.Errorf("the thread is %s, %d were given up", f.threads["t1"], len(w.buried))
		}
	})
}
