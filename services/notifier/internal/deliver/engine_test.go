package deliver

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

// inBubble runs a test on a clock of its own.
func inBubble(t *testing.T, limits pace.Limits, test func(t *testing.T, w *world, f *fake, e *Engine)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w, f := newWorld("ses_one"), newFake()
		test(t, w, f, newEngine(w, f, limits))
	})
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("got  %q\nwant %q", got, want)
	}
}

func TestFirstMessageOpensTheThreadAndCarriesTheCard(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		first := w.says("a")
		deliver(t, e, first)
		deliver(t, e, w.says("b"))
		deliver(t, e, first)
		expect(t, f.visible(), "t1: card[a]", "t1: [b]")
		expect(t, f.called(), "open", "post", "post")
		if s := w.state(); s.Thread != "t1" || s.Chat != "c1" || s.Through != 4 {
			t.Fatalf("state %v", s)
		}
		if w.asked != 2 {
			t.Fatalf("asked %d times: an event that is worked off already needs no question", w.asked)
		}
	})
}

func TestOnlyTheVisitorsMessagesAreTicked(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, _ *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		deliver(t, e, w.writes(&bellhopv1.Message{Id: "slack:1", Content: "hello", Sender: "operator"}, "slack"))
		var ticked, shown []string
		for _, ev := range w.events {
			if data, ok := ev.Data.(*eventv1.MessageDelivered); ok {
				ticked = append(ticked, data.MessageIds...)
				for _, c := range data.Copies {
					shown = append(shown, c.MessageId)
				}
			}
		}
		expect(t, ticked, "a")
		expect(t, shown, "a", "slack:1")
	})
}

func TestEditsAndDeletionsKeepTheCard(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		deliver(t, e, w.says("b"))
		deliver(t, e, w.edits("a", "A"))
		expect(t, f.visible(), "t1: card[A]", "t1: [b]")
		deliver(t, e, w.deletes("a"))
		deliver(t, e, w.deletes("b"))
		expect(t, f.visible(), "t1: card[]")
	})
}

func TestCardThatDoesNotFitIsAPostOfItsOwn(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		f.maxFit = 1
		deliver(t, e, w.says("a"))
		expect(t, f.visible(), "t1: card[]", "t1: [a]")
	})
}

func TestMessagesAreJoinedOnlyWhenTheyHadToWait(t *testing.T) {
	inBubble(t, pace.Limits{Units: 3, Window: time.Minute}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		w.says("b")
		deliver(t, e, w.says("c")) // b is free, c waits for the window
		time.Sleep(time.Minute)
		w.says("d")
		last := w.says("e")
		expect(t, f.visible(), "t1: card[a]", "t1: [b]", "t1: [c]")
		deliver(t, e, last) // the window is free again: nothing is joined
		expect(t, f.visible()[3:], "t1: [d]", "t1: [e]")
	})
}

func TestABurstThatWaitsBecomesOnePostWhosePartsCanBeChanged(t *testing.T) {
	inBubble(t, pace.Limits{Units: 3, Window: time.Minute}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		deliver(t, e, w.says("b"))
		events := []bus.Event{w.says("c"), w.says("d"), w.says("e")}
		w.writes(&bellhopv1.Message{Id: "re", Content: "re", Sender: "visitor", ReplyTo: "d"}, "widget")
		events = append(events, w.says("f"))
		for _, ev := range events {
			deliver(t, e, ev)
		}
		expect(t, f.visible()[2:], "t1: [c d e]", "t1: [re f] to 4")
		deliver(t, e, w.edits("d", "D"))
		deliver(t, e, w.deletes("c"))
		expect(t, f.visible()[2:3], "t1: [D e]")
		w.deletes("e")
		deliver(t, e, w.deletes("d"))
		expect(t, f.visible()[2:], "t1: [re f] to 4")
		w.mu.Lock()
		defer w.mu.Unlock()
		if c := w.messages["c"].Copies["fake"]; !c.Deleted || len(c.Joined) != 3 || c.At.Ids[0] != "4" {
			t.Fatalf("copy %v", c)
		}
	})
}

func TestEditsOfOneJoinedPostAreOneCall(t *testing.T) {
	inBubble(t, pace.Limits{Units: 2, Window: time.Minute}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		w.says("b")
		deliver(t, e, w.says("c"))
		w.edits("b", "B")
		deliver(t, e, w.edits("c", "C"))
		expect(t, f.visible()[1:], "t1: [B C]")
		if n := strings.Count(strings.Join(f.called(), " "), "edit"); n != 1 {
			t.Fatalf("%d edits", n)
		}
	})
}

func TestEditsThatAreShownAlreadyCostNothing(t *testing.T) {
	inBubble(t, pace.Limits{Units: 2, Window: time.Minute}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		w.says("b")
		deliver(t, e, w.says("c"))
		w.edits("b", "B")
		deliver(t, newEngine(w, f, pace.Limits{}), w.edits("c", "C"))
		expect(t, f.visible()[1:], "t1: [B C]")
		if n := strings.Count(strings.Join(f.called(), " "), "edit"); n != 1 {
			t.Fatalf("%d edits", n)
		}
	})
}

func TestAnEditThatNeedsTheRoomDropsTheCard(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		f.maxFit = 1
		deliver(t, e, w.edits("a", "long"))
		expect(t, f.visible(), "t1: [long]")
	})
}

func TestMoreThanAPageIsDeliveredAtOnce(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		first := w.says("m0")
		for i := range page + 20 {
			w.says(fmt.Sprint("m", i+1))
		}
		deliver(t, e, first)
		if n := len(f.visible()); n != page+21 {
			t.Fatalf("%d posts", n)
		}
	})
}

func TestALaneIsAsUrgentAsItsMostUrgentDelivery(t *testing.T) {
	visitor := func() *sessionsv1.Delivery {
		return &sessionsv1.Delivery{Kind: kindPost, Message: &sessionsv1.MessageRecord{Message: &bellhopv1.Message{Sender: "visitor"}}}
	}
	edit, closing := &sessionsv1.Delivery{Kind: kindEdit}, &sessionsv1.Delivery{Kind: kindClose, Seq: 7}
	thread := Place{Thread: "t"}
	for _, c := range []struct {
		work  *work
		class pace.Class
		units int
	}{
		{&work{lane: &lane{}}, pace.First, 2},
		{&work{lane: &lane{}, place: thread, list: []*sessionsv1.Delivery{edit}}, pace.Rest, 1},
		{&work{lane: &lane{}, place: thread, list: []*sessionsv1.Delivery{edit, visitor()}}, pace.Visitor, 1},
		{&work{lane: &lane{}, place: thread, closed: true, list: []*sessionsv1.Delivery{visitor()}}, pace.Visitor, 2},
		{&work{lane: &lane{}, place: thread, fresh: true, list: []*sessionsv1.Delivery{visitor()}}, pace.First, 1},
		{&work{lane: &lane{}, place: thread, list: []*sessionsv1.Delivery{closing}}, pace.State, 2},
		{&work{lane: &lane{saidClosed: 7}, place: thread, list: []*sessionsv1.Delivery{closing}}, pace.State, 1},
	} {
		if class, units := c.work.need(); class != c.class || units != c.units {
			t.Errorf("%v, %d units, want %v, %d", class, units, c.class, c.units)
		}
	}
}

func TestJoinedTextsStayBelowTheLimit(t *testing.T) {
	inBubble(t, pace.Limits{Units: 2, Window: time.Minute}, func(t *testing.T, w *world, f *fake, e *Engine) {
		deliver(t, e, w.says("a"))
		var last bus.Event
		for i := range 5 {
			text := fmt.Sprint(i, strings.Repeat("ü", 1000))
			last = w.writes(&bellhopv1.Message{Id: fmt.Sprint("m", i), Content: text, Sender: "visitor"}, "widget")
		}
		deliver(t, e, last)
		if got := len(f.posts); got != 3 || len(f.posts[1].texts) != 3 || len(f.posts[2].texts) != 2 {
			t.Fatalf("%d posts", got)
		}
	})
}

func TestRepliesPointToWhereTheirTargetStands(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		w.says("a")
		deliver(t, e, w.writes(&bellhopv1.Message{Id: "b", Content: "b", Sender: "visitor", ReplyTo: "a"}, "widget"))
		deliver(t, e, w.writes(&bellhopv1.Message{Id: "c", Content: "c", Sender: "operator", ReplyTo: "b"}, "slack"))
		f.fail = func(call string, p *Post) error {
			if p.ReplyTo != nil {
				return refuse(ReplyGone)
			}
			return nil
		}
		deliver(t, e, w.writes(&bellhopv1.Message{Id: "d", Content: "d", Sender: "visitor", ReplyTo: "a"}, "widget"))
		expect(t, f.visible(), "t1: card[a]", "t1: [b] to 2", "t1: [c] to 3", "t1: [d]")
	})
}

func TestConnectOpensTheThreadBeforeTheFirstWord(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		e.OnConnect = true
		started := w.fact(bus.SessionStarted)
		deliver(t, e, started)
		deliver(t, e, started)
		deliver(t, e, w.says("a"))
		expect(t, f.visible(), "t1: card[]", "t1: [a]")
	})
}

func TestWhoLooksLikeAProgramIsToldOfWhenItWrites(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		e.OnConnect = true
		w.record.Session.Metadata = &structpb.Struct{Fields: map[string]*structpb.Value{"isBot": structpb.NewBoolValue(true)}}
		deliver(t, e, w.fact(bus.SessionStarted))
		expect(t, f.called())
		deliver(t, e, w.says("a"))
		expect(t, f.visible(), "t1: card[a]")
		deliver(t, e, w.says("b"))
		expect(t, f.visible(), "t1: card[a]", "t1: [b]")
	})
}

func TestAnErasedSessionIsLeftAlone(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		ev := w.says("a")
		w.messages = nil
		deliver(t, e, ev)
		expect(t, f.called())
	})
}

func TestTypingIsShownInKnownThreadsOnly(t *testing.T) {
	inBubble(t, pace.Limits{}, func(t *testing.T, w *world, f *fake, e *Engine) {
		ev := w.says("a")
		key := laneKey{ev.Project, ev.Session}
		if _, ok := e.types(key, nil); ok {
			t.Fatal("shown without a thread")
		}
		deliver(t, e, ev)
		for payload, want := range map[string]bool{`{"sender":"operator"}`: false, `{"isTyping":false}`: false, `nonsense`: false} {
			if _, ok := e.types(key, []byte(payload)); ok != want {
				t.Errorf("%s: %v", payload, ok)
			}
		}
		place, ok := e.types(key, []byte(`{"sender":"visitor","isTyping":true}`))
		if !ok || place.Thread != "t1" {
			t.Fatal("not shown")
		}
		if _, ok := e.types(key, []byte(`{}`)); ok {
			t.Fatal("shown twice within 4 s")
		}
		time.Sleep(5 * time.Second)
		if _, ok := e.types(key, []byte(`{}`)); !ok {
			t.Fatal("not shown again")
		}
	})
}

func TestIdleSessionsAreForgottenFirst(t *testing.T) {
	ls := newLanes(2)
	busy := ls.enter(laneKey{"p", "busy"}, time.Now())
	owing := ls.enter(laneKey{"p", "owing"}, time.Now())
	owing.owed = []bus.Event{{}}
	ls.leave(owing, Place{}, false)
	for i := range 5 {
		idle := ls.enter(laneKey{"p", id.Session(fmt.Sprint("s", i))}, time.Now())
		ls.leave(idle, Place{}, true)
	}
	if ls.all[laneKey{"p", "busy"}] != busy || ls.all[laneKey{"p", "owing"}] != owing || len(ls.all) > 3 {
		t.Fatalf("%d lanes", len(ls.all))
	}
	if ls.lag() <= 0 {
		t.Fatal("no lag although something is left")
	}
}
