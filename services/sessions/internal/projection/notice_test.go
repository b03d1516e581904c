package projection

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func custom(t *testing.T, seq uint64, name string, data any) bus.Event {
	t.Helper()
	value, err := structpb.NewValue(data)
	if err != nil {
		t.Fatal(err)
	}
	return event(seq, bus.EventReceived, &eventv1.Custom{VisitorId: "v", Name: name, Data: value})
}

func TestWhatTheTeamIsShownBesidesMessagesIsKept(t *testing.T) {
	picture := &bellhopv1.Attachment{Id: "att_1", Filename: "page.png"}
	for name, c := range map[string]struct {
		ev   bus.Event
		want *sessionsv1.Notice
	}{
		"event":          {custom(t, 2, "cart", map[string]any{"b": "<&>", "a": 1.5}), &sessionsv1.Notice{Kind: "event", Name: "cart", Detail: `{"a":1.5,"b":"<&>"}`}},
		"event, a text":  {custom(t, 2, "cart", "full"), &sessionsv1.Notice{Kind: "event", Name: "cart", Detail: `"full"`}},
		"event, no data": {event(2, bus.EventReceived, &eventv1.Custom{Name: "hi"}), &sessionsv1.Notice{Kind: "event", Name: "hi"}},
		"identity": {event(2, bus.SessionUpdated, &eventv1.Session{Session: &bellhopv1.Session{
			Identity: object(t, map[string]any{"id": "u1", "name": "Ada", "plan": map[string]any{"seats": 3.0}}), UserPhone: "+4912345"}}),
			&sessionsv1.Notice{Kind: "identity", Name: "Ada", Detail: "id: u1\nplan: {\"seats\":3}\nphone: +4912345", Id: "u1"}},
		"left":               {event(2, bus.SessionLeft, &eventv1.Session{Duration: 42}), &sessionsv1.Notice{Kind: "left", Duration: 42}},
		"rating":             {event(2, bus.CsatSubmitted, &eventv1.Csat{Score: 4, Comment: "fine"}), &sessionsv1.Notice{Kind: "csat", Score: 4, Detail: "fine"}},
		"silent screenshot":  {event(2, bus.AttachmentStored, &eventv1.AttachmentStored{Attachment: picture, RequestId: "r", Silent: true}), &sessionsv1.Notice{Kind: "screenshot", Attachments: []*bellhopv1.Attachment{picture}}},
		"page view":          {event(2, bus.SessionUpdated, &eventv1.Session{Session: &bellhopv1.Session{Metadata: object(t, map[string]any{"url": "/b"})}}), nil},
		"identity as before": {event(2, bus.SessionUpdated, &eventv1.Session{Session: &bellhopv1.Session{Identity: object(t, map[string]any{"role": "buyer"})}}), nil},
		"file":               {event(2, bus.AttachmentStored, &eventv1.AttachmentStored{Attachment: picture}), nil},
		"rating of 6":        {event(2, bus.CsatSubmitted, &eventv1.Csat{Score: 6}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			first := started(1, &bellhopv1.Session{VisitorId: "v", Identity: object(t, map[string]any{"role": "buyer"})})
			if name == "identity" {
				first = started(1, &bellhopv1.Session{VisitorId: "v"})
			}
			notices := play(t, first, c.ev).record().GetNotices()
			if c.want == nil {
				if len(notices) > 0 {
					t.Fatalf("got %v, want no notice", notices)
				}
				return
			}
			if len(notices) != 1 {
				t.Fatalf("got %v, want one notice", notices)
			}
			c.want.Seq, c.want.At = 2, second(2)
			expect(t, c.want, notices[0])
		})
	}
}

func TestNoticesOfASessionAreBounded(t *testing.T) {
	events := []bus.Event{started(1, nil)}
	for i := range maxNotices + 5 {
		events = append(events, custom(t, uint64(i+2), fmt.Sprint("e", i), strings.Repeat("ä", 2*maxDetail)))
	}
	notices := play(t, events...).record().GetNotices()
	if len(notices) != maxNotices || notices[0].Name != "e5" {
		t.Errorf("%d notices, the first is %q", len(notices), notices[0].GetName())
	}
	if n := utf8.RuneCountInString(notices[0].Detail); n != maxDetail {
		t.Errorf("a detail of %d code points is kept, want %d", n, maxDetail)
	}
}

func TestTheFirstRatingCounts(t *testing.T) {
	w := play(t, started(1, nil), event(2, bus.CsatRequested, &eventv1.Csat{}))
	if got := w.record().Session.Csat; !got.GetPending() || got.GetRequestedAt() == nil {
		t.Errorf("after the request: %v", got)
	}
	w = play(t, started(1, nil), event(2, bus.CsatRequested, &eventv1.Csat{}), event(3, bus.CsatSubmitted, &eventv1.Csat{Score: 5}),
		event(4, bus.CsatSubmitted, &eventv1.Csat{Score: 1}), event(5, bus.CsatRequested, &eventv1.Csat{}))
	if got := w.record().Session.Csat; got.GetPending() || got.GetScore() != 5 || !got.GetRespondedAt().AsTime().Equal(second(3).AsTime()) {
		t.Errorf("rating is %v", got)
	}
}

func TestSwitchesOfASession(t *testing.T) {
	w := play(t, started(1, nil), event(2, bus.SessionBlocked, &eventv1.Switch{On: true}), event(3, bus.AISwitched, &eventv1.Switch{On: true}))
	if s := w.record().Session; !s.Blocked || !s.AiActive {
		t.Errorf("session is %v", s)
	}
	w = play(t, started(1, nil), event(2, bus.SessionBlocked, &eventv1.Switch{On: true}), event(3, bus.SessionBlocked, &eventv1.Switch{}))
	if w.record().Session.Blocked {
		t.Error("still blocked")
	}
}

func TestARequestedDeliveryChangesNothingElsewhere(t *testing.T) {
	shown := event(3, bus.MessageDeliver, &eventv1.MessageDelivered{Platform: "slack", MessageIds: []string{hello},
		Copies: []*eventv1.Copy{{MessageId: hello, Version: 2, At: &bellhopv1.PlatformMessage{Ids: []string{"1"}}}}})
	w := play(t, started(1, nil), says(2, senderVisitor, hello), shown,
		event(4, bus.DeliveryRequested, &eventv1.DeliveryRequested{Platform: "telegram", MessageIds: []string{hello, "unknown"}}))
	m := w.message(hello)
	if m.Requested["telegram"] != 4 || m.ContentSeq != 4 || m.Copies["slack"].Version < m.ContentSeq {
		t.Errorf("message is %v", m)
	}
}
