package projection

import (
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func opened(seq uint64, thread, replaces string) bus.Event {
	return event(seq, bus.ThreadOpened, &eventv1.ThreadOpened{Platform: "telegram", Chat: "-100", Thread: thread, OpenedAt: second(seq), Replaces: replaces})
}

func shown(seq, version uint64, at string) bus.Event {
	return event(seq, bus.MessageDeliver, &eventv1.MessageDelivered{Platform: "telegram", Copies: []*eventv1.Copy{{
		MessageId: hello, At: &bellhopv1.PlatformMessage{Chat: "-100", Ids: []string{at}}, Version: version,
	}}})
}

func TestCopyWithTheNewerContentWins(t *testing.T) {
	gone := event(4, bus.MessageDeliver, &eventv1.MessageDelivered{Platform: "telegram", Copies: []*eventv1.Copy{{MessageId: hello, Version: 3, Deleted: true}}})
	for name, c := range map[string]struct {
		events  []bus.Event
		at      string
		version uint64
		deleted bool
	}{
		"first":                             {[]bus.Event{shown(2, 1, "a")}, "a", 1, false},
		"newer":                             {[]bus.Event{shown(2, 1, "a"), shown(3, 2, "b")}, "b", 2, false},
		"older is late":                     {[]bus.Event{shown(2, 2, "a"), shown(3, 1, "b")}, "a", 2, false},
		"posted anew with the same text":    {[]bus.Event{shown(2, 1, "a"), shown(3, 1, "b")}, "b", 1, false},
		"deleted, still known where it was": {[]bus.Event{shown(2, 1, "a"), gone}, "a", 3, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := play(t, append([]bus.Event{says(1, senderVisitor, hello)}, c.events...)...).message(hello)
			have := got.Copies["telegram"]
			if have.GetAt().GetIds()[0] != c.at || have.Version != c.version || have.Deleted != c.deleted {
				t.Errorf("copy is %v", have)
			}
			if got.ChangedSeq != 1 {
				t.Errorf("a copy changed the message, at %d", got.ChangedSeq)
			}
		})
	}
}

func TestCopiesOfPlatformsStandBesideEachOther(t *testing.T) {
	slack := event(3, bus.MessageDeliver, &eventv1.MessageDelivered{Platform: "slack", Copies: []*eventv1.Copy{{MessageId: hello, Version: 1}, {MessageId: "?"}}})
	copies := play(t, says(1, senderVisitor, hello), shown(2, 1, "a"), slack).message(hello).Copies
	if len(copies) != 2 {
		t.Errorf("copies %v", copies)
	}
}

func TestWhatIsSettledNeverGoesBack(t *testing.T) {
	through := func(seq, to uint64) bus.Event {
		return event(seq, bus.MessageDeliver, &eventv1.MessageDelivered{Platform: "telegram", Through: to})
	}
	failed := func(seq, to uint64) bus.Event {
		return event(seq, bus.MessageFailed, &eventv1.MessageFailed{Platform: "telegram", Through: to, MessageIds: []string{hello}})
	}
	for name, events := range map[string][]bus.Event{
		"delivered":        {through(2, 7)},
		"failed":           {failed(2, 7)},
		"an older one":     {through(2, 7), through(3, 5), failed(4, 6)},
		"failed afterward": {through(2, 5), failed(3, 7)},
		"another thread":   {opened(2, "1", ""), through(3, 7), opened(4, "2", "1")},
	} {
		w := play(t, append([]bus.Event{says(1, senderVisitor, hello)}, events...)...)
		if got := w.record().Platforms["telegram"].Through; got != 7 {
			t.Errorf("%s: settled through %d, want 7", name, got)
		}
		if got := w.message(hello).Message.Status; got != "sent" {
			t.Errorf("%s: message is %s", name, got)
		}
	}
}

func TestThreads(t *testing.T) {
	state := func(seq uint64, status string) bus.Event {
		return event(seq, bus.MessageDeliver, &eventv1.MessageDelivered{Platform: "telegram", ThreadStatus: status})
	}
	for name, c := range map[string]struct {
		events []bus.Event
		want   *sessionsv1.PlatformState
	}{
		"opened":                        {[]bus.Event{opened(2, "1", "")}, &sessionsv1.PlatformState{Chat: "-100", Thread: "1", OpenedAt: second(2), ThreadStatus: "active"}},
		"closed there":                  {[]bus.Event{opened(2, "1", ""), state(3, "closed")}, &sessionsv1.PlatformState{Chat: "-100", Thread: "1", OpenedAt: second(2), ThreadStatus: "closed"}},
		"said twice, stays closed":      {[]bus.Event{opened(2, "1", ""), state(3, "closed"), opened(4, "1", "")}, &sessionsv1.PlatformState{Chat: "-100", Thread: "1", OpenedAt: second(2), ThreadStatus: "closed"}},
		"replaced, open again":          {[]bus.Event{opened(2, "1", ""), state(3, "closed"), opened(4, "2", "1")}, &sessionsv1.PlatformState{Chat: "-100", Thread: "2", OpenedAt: second(4), ThreadStatus: "active"}},
		"no state given":                {[]bus.Event{opened(2, "1", ""), state(3, "closed"), state(4, "")}, &sessionsv1.PlatformState{Chat: "-100", Thread: "1", OpenedAt: second(2), ThreadStatus: "closed"}},
		"a state nobody knows":          {[]bus.Event{opened(2, "1", ""), state(3, "frozen")}, &sessionsv1.PlatformState{Chat: "-100", Thread: "1", OpenedAt: second(2), ThreadStatus: "active"}},
		"copies of the old thread stay": {[]bus.Event{opened(2, "1", ""), shown(3, 1, "a"), opened(4, "2", "1")}, &sessionsv1.PlatformState{Chat: "-100", Thread: "2", OpenedAt: second(4), ThreadStatus: "active"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := play(t, append([]bus.Event{says(1, senderVisitor, hello)}, c.events...)...)
			expect(t, c.want, w.record().Platforms["telegram"])
			if name == "copies of the old thread stay" && w.message(hello).Copies["telegram"] == nil {
				t.Error("the copy is gone")
			}
		})
	}
}

func TestThreadThatAPersonClosedOrOpenedIsKnownToBeSo(t *testing.T) {
	opened := event(1, bus.ThreadOpened, &eventv1.ThreadOpened{Platform: "slack", Chat: "C1", Thread: "7"})
	byHand := event(2, bus.SessionClosed, &eventv1.Session{Platform: "slack", ThreadStatus: "closed"})
	byCommand := event(2, bus.SessionClosed, &eventv1.Session{Platform: "slack"})
	again := event(3, bus.SessionReopened, &eventv1.Session{Platform: "slack", ThreadStatus: "active"})
	for name, c := range map[string]struct {
		events []bus.Event
		want   string
	}{
		"closed by hand":    {[]bus.Event{opened, byHand}, "closed"},
		"closed by command": {[]bus.Event{opened, byCommand}, "active"},
		"opened by hand":    {[]bus.Event{opened, byHand, again}, "active"},
	} {
		if got := play(t, c.events...).record().Platforms["slack"].GetThreadStatus(); got != c.want {
			t.Errorf("%s: the thread is %q, want %q", name, got, c.want)
		}
	}
}
