package projection

import (
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func TestStartedMakesAnActiveRecord(t *testing.T) {
	page := map[string]any{"url": "https://shop.test/"}
	w := play(t, started(5, &bellhopv1.Session{VisitorId: "v", CreatedAt: second(3), Metadata: object(t, page)}))
	expect(t, &sessionsv1.SessionRecord{Project: string(shop), Seq: 5, Session: &bellhopv1.Session{
		Id: string(guest), VisitorId: "v", Status: "active", CreatedAt: second(3), LastActivity: second(5), Metadata: object(t, page),
	}}, w.record())
}

func TestFactsAboutAnUnknownSessionAreKeptAndStartedFillsTheRest(t *testing.T) {
	before := map[string]bus.Event{
		"message": says(1, senderVisitor, hello),
		"identity": event(1, bus.SessionUpdated, &eventv1.Session{Session: &bellhopv1.Session{
			VisitorId: "v", Identity: object(t, map[string]any{"id": "u1"}),
		}}),
		"thread": event(1, bus.ThreadOpened, &eventv1.ThreadOpened{VisitorId: "v", Platform: "slack", Thread: "7"}),
		"custom": event(1, bus.EventReceived, &eventv1.Custom{VisitorId: "v", Name: "cart"}),
	}
	for name, first := range before {
		t.Run(name, func(t *testing.T) {
			w := play(t, first, started(2, &bellhopv1.Session{
				VisitorId: "v", CreatedAt: second(0), Metadata: object(t, map[string]any{"url": "u"}), Identity: object(t, map[string]any{"id": "u2", "name": "Ada"}),
			}))
			got := w.record()
			if got.Session.VisitorId != "v" || !got.Session.CreatedAt.AsTime().Equal(noon) || got.Session.Metadata.Fields["url"] == nil {
				t.Errorf("record is %v", got)
			}
			if user := got.Session.Identity.Fields["id"].GetStringValue(); name == "identity" && user != "u1" {
				t.Errorf("started replaced the identity that was given before by %q", user)
			}
			if name == "message" && w.message(hello) == nil {
				t.Error("the message is lost")
			}
		})
	}
}

func TestWhatIsSentToAPageViewMakesNoSession(t *testing.T) {
	w := play(t, event(1, bus.EventEmitted, &eventv1.Custom{Name: "promo"}), event(2, "future.thing", nil))
	if w.record() != nil || w.floor != 2 {
		t.Errorf("record %v, floor %d", w.record(), w.floor)
	}
}

func TestUnknownTypesMoveTheSequenceOnly(t *testing.T) {
	want := play(t, says(1, senderVisitor, hello)).record()
	got := play(t, says(1, senderVisitor, hello), event(2, "future.thing", nil)).record()
	want.Seq = 2
	expect(t, want, got)
}

func TestSessionAheadOfTheFloorDoesNotGoBack(t *testing.T) {
	events := []bus.Event{started(1, nil), says(2, senderVisitor, hello), closed(3, "Ada"), event(4, bus.SessionReopened, &eventv1.Session{})}
	w := play(t, events...)
	w.floor = 0 // killed after the session was written, before the floor was
	change := Fold(w.load(Needs(0, events[:3])), 0, events[:3])
	if len(change.Sessions) > 0 || change.From != 0 || change.Through != 3 {
		t.Errorf("change is %+v", change)
	}
	again := append(events[2:4:4], says(5, senderVisitor, answer))
	change = Fold(w.load(Needs(0, again)), 0, again)
	if len(change.Sessions) != 1 || change.Sessions[0].Before != 4 || change.Sessions[0].Record.StatusSeq != 4 || len(change.Sessions[0].Messages) != 1 {
		t.Errorf("change is %+v", change)
	}
}

func TestUpdatesMergeKeyByKey(t *testing.T) {
	for name, c := range map[string]struct{ before, given, want map[string]any }{
		"other keys stay":             {map[string]any{"url": "a", "language": "de"}, map[string]any{"url": "b"}, map[string]any{"url": "b", "language": "de"}},
		"blank place does not unset":  {map[string]any{"ip": "192.0.2.1", "city": "Ulm", "country": "DE"}, map[string]any{"ip": "", "city": nil}, map[string]any{"ip": "192.0.2.1", "city": "Ulm", "country": "DE"}},
		"given place is taken":        {map[string]any{"ip": "192.0.2.1"}, map[string]any{"ip": "192.0.2.2"}, map[string]any{"ip": "192.0.2.2"}},
		"other blanks are taken":      {map[string]any{"referrer": "x"}, map[string]any{"referrer": ""}, map[string]any{"referrer": ""}},
		"blank place where none was":  {map[string]any{"url": "a"}, map[string]any{"city": ""}, map[string]any{"url": "a", "city": ""}},
		"nothing given, nothing lost": {map[string]any{"url": "a"}, nil, map[string]any{"url": "a"}},
	} {
		t.Run(name, func(t *testing.T) {
			first := &bellhopv1.Session{VisitorId: "v", Metadata: object(t, c.before), Identity: object(t, c.before)}
			update := &bellhopv1.Session{Metadata: object(t, c.given), Identity: object(t, c.given)}
			got := play(t, started(1, first), event(2, bus.SessionUpdated, &eventv1.Session{Session: update})).record()
			expect(t, object(t, c.want), got.Session.Metadata)
			expect(t, object(t, c.want), got.Session.Identity)
		})
	}
}

func TestClosedAndReopened(t *testing.T) {
	begin := started(1, &bellhopv1.Session{VisitorId: "v"})
	for name, c := range map[string]struct {
		events    []bus.Event
		status    string
		by        string
		closedAt  uint64
		statusSeq uint64
	}{
		"closed":                     {[]bus.Event{closed(2, "Ada")}, "closed", "Ada", 2, 2},
		"closed again keeps who":     {[]bus.Event{closed(2, "Ada"), closed(3, "Bob")}, "closed", "Ada", 2, 3},
		"reopened":                   {[]bus.Event{closed(2, "Ada"), event(3, bus.SessionReopened, &eventv1.Session{})}, "active", "", 0, 3},
		"visitor's word reopens":     {[]bus.Event{closed(2, "Ada"), says(3, senderVisitor, hello)}, "active", "", 0, 3},
		"operator's word does not":   {[]bus.Event{closed(2, "Ada"), says(3, "operator", hello)}, "closed", "Ada", 2, 2},
		"repeated word does not":     {[]bus.Event{says(2, senderVisitor, hello), closed(3, "Ada"), says(4, senderVisitor, hello)}, "closed", "Ada", 3, 3},
		"started again stays closed": {[]bus.Event{closed(2, "Ada"), begin, started(3, nil)}, "closed", "Ada", 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			got := play(t, append([]bus.Event{begin}, c.events...)...).record()
			if got.Session.Status != c.status || got.ClosedBy != c.by || got.StatusSeq != c.statusSeq {
				t.Errorf("status %s by %q at %d", got.Session.Status, got.ClosedBy, got.StatusSeq)
			}
			if c.closedAt == 0 != (got.Session.ClosedAt == nil) || c.closedAt > 0 && !got.Session.ClosedAt.AsTime().Equal(second(c.closedAt).AsTime()) {
				t.Errorf("closed at %v", got.Session.ClosedAt)
			}
		})
	}
}

func TestOnlyPeopleAreActivity(t *testing.T) {
	begin := []bus.Event{started(1, &bellhopv1.Session{VisitorId: "v"}), says(2, senderVisitor, hello)}
	for _, c := range []struct {
		ev    bus.Event
		moves bool
	}{
		{says(9, "operator", answer), true},
		{event(9, bus.MessageEdited, &eventv1.MessageEdited{MessageId: hello, Sender: senderVisitor, Content: "new"}), true},
		{event(9, bus.MessageDeleted, &eventv1.MessageDeleted{MessageId: hello, Sender: senderVisitor}), true},
		{event(9, bus.EventReceived, &eventv1.Custom{Name: "cart"}), true},
		{event(9, bus.SessionUpdated, &eventv1.Session{}), true},
		{closed(9, "Ada"), true},
		{event(9, bus.SessionReopened, &eventv1.Session{}), true},
		{event(9, bus.EventEmitted, &eventv1.Custom{Name: "promo"}), false},
		{event(9, bus.SessionLeft, &eventv1.Session{}), false},
		{event(9, bus.MessageDeliver, &eventv1.MessageDelivered{Platform: "slack", MessageIds: []string{hello}}), false},
		{event(9, bus.MessageFailed, &eventv1.MessageFailed{Platform: "slack", Through: 2}), false},
		{event(9, bus.MessageRead, &eventv1.MessageRead{Reader: "operator", Status: "read", MessageIds: []string{hello}}), false},
		{event(9, bus.ThreadOpened, &eventv1.ThreadOpened{Platform: "slack", Thread: "7"}), false},
		{says(9, senderVisitor, hello), false},
	} {
		got := play(t, append(begin[:2:2], c.ev)...).record()
		if moved := got.Session.LastActivity.AsTime().Equal(second(9).AsTime()); moved != c.moves || got.Seq != 9 {
			t.Errorf("%s: last activity %v, seq %d", c.ev.Type, got.Session.LastActivity.AsTime(), got.Seq)
		}
	}
}

func TestPresenceIsTheProjectsAndMakesNoSession(t *testing.T) {
	everyone := func(seq uint64, who string, online bool) bus.Event {
		ev := event(seq, bus.OperatorStatus, &eventv1.OperatorStatus{OperatorId: who, OperatorName: "Ada", Online: online, At: second(seq)})
		ev.Session = id.Everyone
		return ev
	}
	w := play(t, everyone(1, "slack:U1", true), everyone(2, "", true), everyone(3, "slack:U1", false))
	expect(t, &sessionsv1.Operator{Id: "slack:U1", Name: "Ada", Online: false, At: second(3), Seq: 3}, w.operators[operatorKey{string(shop), "slack:U1"}])
	expect(t, &sessionsv1.Operator{Id: "api", Name: "Ada", Online: true, At: second(2), Seq: 2}, w.operators[operatorKey{string(shop), "api"}])
	if len(w.sessions) > 0 || w.floor != 3 {
		t.Errorf("%d sessions, floor %d", len(w.sessions), w.floor)
	}
}
