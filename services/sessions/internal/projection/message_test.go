package projection

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func TestCreatedMessageBeginsAsSent(t *testing.T) {
	at := &bellhopv1.PlatformMessage{Platform: "slack", Chat: "C1", Thread: "7", Ids: []string{"8"}}
	w := play(t, event(4, bus.MessageCreated, &eventv1.MessageCreated{
		Platform: "slack", Origin: at,
		Message: &bellhopv1.Message{
			Id: answer, SessionId: "forged", Sender: "operator", Content: "hi", Timestamp: second(3), OperatorName: "Ada",
			Status: "read", ReadAt: second(1), DeliveredAt: second(1), EditedAt: second(1), DeletedAt: second(1),
			Attachments: []*bellhopv1.Attachment{{Id: "f"}}, Quote: &bellhopv1.Quote{Id: "q", Content: "may be edited later"},
		},
	}))
	expect(t, &sessionsv1.MessageRecord{
		Message: &bellhopv1.Message{
			Id: answer, SessionId: string(guest), Sender: "operator", Content: "hi", Timestamp: second(3), OperatorName: "Ada",
			Status: "sent", Attachments: []*bellhopv1.Attachment{{Id: "f"}},
		},
		CreatedSeq: 4, ContentSeq: 4, ChangedSeq: 4, ChangedAt: second(4), Platform: "slack",
		Copies: map[string]*eventv1.Copy{"slack": {MessageId: answer, At: at, Version: 4}},
	}, w.message(answer))
}

func TestRepeatedMessageIDChangesNothing(t *testing.T) {
	again := says(9, senderVisitor, hello)
	again.Data.(*eventv1.MessageCreated).Message.Content = "another text"
	expect(t, play(t, says(1, senderVisitor, hello)).message(hello), play(t, says(1, senderVisitor, hello), again).message(hello))
}

func TestReplyIsKeptOnlyToAMessageOfTheSession(t *testing.T) {
	reply := func(seq uint64, to string) bus.Event {
		ev := says(seq, "operator", answer)
		ev.Data.(*eventv1.MessageCreated).Message.ReplyTo = to
		return ev
	}
	elsewhere := says(1, senderVisitor, "elsewhere")
	elsewhere.Session = other
	w := play(t, elsewhere, reply(2, "elsewhere"))
	if to := w.message(answer).Message.ReplyTo; to != "" {
		t.Errorf("reply to %q of another session is kept", to)
	}
	w = play(t, says(1, senderVisitor, hello), reply(2, hello))
	if to := w.message(answer).Message.ReplyTo; to != hello {
		t.Errorf("reply to %q, want %q", to, hello)
	}
	both := []bus.Event{says(1, senderVisitor, hello), reply(2, hello)}
	change := Fold(newWorld().load(Needs(0, both)), 0, both)
	if to := change.Sessions[0].Messages[1].Message.ReplyTo; to != hello {
		t.Errorf("reply within one batch is to %q, want %q", to, hello)
	}
}

func edited(seq uint64, sender, content string, at uint64) bus.Event {
	return event(seq, bus.MessageEdited, &eventv1.MessageEdited{MessageId: hello, Sender: sender, Content: content, EditedAt: second(at), Platform: "widget"})
}

func deleted(seq uint64, sender, messageID string) bus.Event {
	return event(seq, bus.MessageDeleted, &eventv1.MessageDeleted{MessageId: messageID, Sender: sender, DeletedAt: second(seq)})
}

func TestEdits(t *testing.T) {
	for name, c := range map[string]struct {
		events     []bus.Event
		content    string
		contentSeq uint64
		editedAt   uint64
	}{
		"by the sender":          {[]bus.Event{edited(2, senderVisitor, "new", 2)}, "new", 2, 2},
		"by somebody else":       {[]bus.Event{edited(2, "operator", "new", 2)}, "text of h", 1, 0},
		"by nobody":              {[]bus.Event{edited(2, "", "new", 2)}, "text of h", 1, 0},
		"the later edit wins":    {[]bus.Event{edited(2, senderVisitor, "new", 2), edited(3, senderVisitor, "newer", 3)}, "newer", 3, 3},
		"an older edit is late":  {[]bus.Event{edited(2, senderVisitor, "new", 9), edited(3, senderVisitor, "older", 8)}, "new", 2, 9},
		"an edit as old is not":  {[]bus.Event{edited(2, senderVisitor, "new", 9), edited(3, senderVisitor, "same", 9)}, "same", 3, 9},
		"the same text":          {[]bus.Event{edited(2, senderVisitor, "text of h", 2)}, "text of h", 1, 0},
		"after it was deleted":   {[]bus.Event{deleted(2, senderVisitor, hello), edited(3, senderVisitor, "new", 3)}, "", 2, 0},
		"of an unknown message":  {[]bus.Event{event(2, bus.MessageEdited, &eventv1.MessageEdited{MessageId: "?", Sender: senderVisitor, Content: "x"})}, "text of h", 1, 0},
		"without a time is now":  {[]bus.Event{event(2, bus.MessageEdited, &eventv1.MessageEdited{MessageId: hello, Sender: senderVisitor, Content: "new"})}, "new", 2, 2},
		"repeated, nothing more": {[]bus.Event{edited(2, senderVisitor, "new", 2), edited(3, senderVisitor, "new", 2)}, "new", 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			got := play(t, append([]bus.Event{says(1, senderVisitor, hello)}, c.events...)...).message(hello)
			if got.Message.Content != c.content || got.ContentSeq != c.contentSeq || got.ChangedSeq != c.contentSeq {
				t.Errorf("content %q at %d, changed at %d", got.Message.Content, got.ContentSeq, got.ChangedSeq)
			}
			if !got.ChangedAt.AsTime().Equal(second(c.contentSeq).AsTime()) {
				t.Errorf("changed at %v", got.ChangedAt.AsTime())
			}
			if c.editedAt == 0 != (got.Message.EditedAt == nil) || c.editedAt > 0 && !got.Message.EditedAt.AsTime().Equal(second(c.editedAt).AsTime()) {
				t.Errorf("edited at %v", got.Message.EditedAt)
			}
		})
	}
}

func TestEditWhereItStandsRenewsItsOwnCopyOnly(t *testing.T) {
	written := says(1, "operator", answer)
	written.Data.(*eventv1.MessageCreated).Origin = &bellhopv1.PlatformMessage{Chat: "C", Ids: []string{"8"}}
	shown := event(2, bus.MessageDeliver, &eventv1.MessageDelivered{Platform: "telegram", Copies: []*eventv1.Copy{{MessageId: answer, Version: 1}}})
	edit := event(3, bus.MessageEdited, &eventv1.MessageEdited{MessageId: answer, Sender: "operator", Content: "new", Platform: "slack"})
	copies := play(t, written, shown, edit).message(answer).Copies
	if copies["slack"].Version != 3 || copies["telegram"].Version != 1 {
		t.Errorf("copies %v", copies)
	}
}

func TestDeletionEmptiesAMessageOnce(t *testing.T) {
	written := says(1, senderVisitor, hello)
	written.Data.(*eventv1.MessageCreated).Message.Attachments = []*bellhopv1.Attachment{{Id: "f"}}
	once := play(t, written, deleted(2, senderVisitor, hello))
	got := once.message(hello)
	if got.Message.Content != "" || got.Message.Attachments != nil || got.ContentSeq != 2 || got.ChangedSeq != 2 || !proto.Equal(got.Message.DeletedAt, second(2)) {
		t.Errorf("deleted message is %v", got)
	}
	expect(t, got, play(t, written, deleted(2, senderVisitor, hello), deleted(3, "operator", hello)).message(hello))
}

func TestVisitorDeletesOwnMessagesOnly(t *testing.T) {
	w := play(t, says(1, "operator", answer), deleted(2, senderVisitor, answer))
	if w.message(answer).Message.DeletedAt != nil {
		t.Error("a visitor deleted an operator's message")
	}
	w = play(t, says(1, senderVisitor, hello), deleted(2, "operator", hello))
	if w.message(hello).Message.DeletedAt == nil {
		t.Error("an operator's deletion did nothing")
	}
}

func TestTicksGoForwardAndToTheOtherSide(t *testing.T) {
	ticked := func(seq uint64, reader, status string, ids ...string) bus.Event {
		return event(seq, bus.MessageRead, &eventv1.MessageRead{Reader: reader, Status: status, MessageIds: ids, ReadAt: second(seq)})
	}
	taken := func(seq uint64) bus.Event {
		return event(seq, bus.MessageDeliver, &eventv1.MessageDelivered{Platform: "slack", MessageIds: []string{hello, answer}, DeliveredAt: second(seq)})
	}
	for name, c := range map[string]struct {
		events               []bus.Event
		hello, answer        string
		deliveredAt, readAt  uint64
		changedHello, change uint64
	}{
		"a platform took it":          {[]bus.Event{taken(3)}, "delivered", "sent", 3, 0, 3, 2},
		"operator read":               {[]bus.Event{ticked(3, "operator", "read", hello, answer)}, "read", "sent", 0, 3, 3, 2},
		"visitor read":                {[]bus.Event{ticked(3, senderVisitor, "read", hello, answer)}, "sent", "read", 0, 0, 1, 3},
		"visitor's browser has it":    {[]bus.Event{ticked(3, senderVisitor, "delivered", answer)}, "sent", "delivered", 0, 0, 1, 3},
		"delivered after read":        {[]bus.Event{ticked(3, "operator", "read", hello), taken(4)}, "read", "sent", 0, 3, 3, 2},
		"read after delivered":        {[]bus.Event{taken(3), ticked(4, "operator", "read", hello)}, "read", "sent", 3, 4, 4, 2},
		"read twice":                  {[]bus.Event{ticked(3, "operator", "read", hello), ticked(4, "operator", "read", hello)}, "read", "sent", 0, 3, 3, 2},
		"a reader nobody knows":       {[]bus.Event{ticked(3, "", "read", hello, answer)}, "sent", "sent", 0, 0, 1, 2},
		"a status nobody knows":       {[]bus.Event{ticked(3, "operator", "eaten", hello, answer)}, "sent", "sent", 0, 0, 1, 2},
		"a message nobody knows":      {[]bus.Event{ticked(3, "operator", "read", "?")}, "sent", "sent", 0, 0, 1, 2},
		"sent is where it came from":  {[]bus.Event{taken(3), ticked(4, "operator", "sent", hello)}, "delivered", "sent", 3, 0, 3, 2},
		"two platforms, one delivery": {[]bus.Event{taken(3), taken(4)}, "delivered", "sent", 3, 0, 3, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := play(t, append([]bus.Event{says(1, senderVisitor, hello), says(2, "operator", answer)}, c.events...)...)
			h, a := w.message(hello), w.message(answer)
			if h.Message.Status != c.hello || a.Message.Status != c.answer || h.ChangedSeq != c.changedHello || a.ChangedSeq != c.change {
				t.Errorf("visitor's %s at %d, operator's %s at %d", h.Message.Status, h.ChangedSeq, a.Message.Status, a.ChangedSeq)
			}
			if c.deliveredAt > 0 && !proto.Equal(h.Message.DeliveredAt, second(c.deliveredAt)) || c.deliveredAt == 0 && h.Message.DeliveredAt != nil {
				t.Errorf("delivered at %v", h.Message.DeliveredAt)
			}
			if c.readAt > 0 && !proto.Equal(h.Message.ReadAt, second(c.readAt)) || c.readAt == 0 && h.Message.ReadAt != nil {
				t.Errorf("read at %v", h.Message.ReadAt)
			}
			if h.ContentSeq != 1 || a.ContentSeq != 2 {
				t.Errorf("ticks changed the content: %d, %d", h.ContentSeq, a.ContentSeq)
			}
		})
	}
}
