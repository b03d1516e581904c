package render

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
)

func TestWhoComesBackIsSentNothingThatWasDeletedMeanwhile(t *testing.T) {
	said := func(messageID, content string, quote *bellhopv1.Quote) *eventv1.MessageCreated {
		m := &bellhopv1.Message{Id: messageID, SessionId: "ses_1", Content: content, Sender: "operator", Timestamp: timestamppb.Now(), Quote: quote}
		if quote == nil {
			m.Attachments = []*bellhopv1.Attachment{{Id: "att_1", Filename: content + ".txt", MimeType: "text/plain"}}
		}
		return &eventv1.MessageCreated{Message: m}
	}
	var events []bus.Event
	add := func(kind bus.Type, data any) {
		ev := bus.Event{Type: kind, Project: id.Default, Session: "ses_1", Seq: uint64(len(events) + 1)}
		switch data := data.(type) {
		case *eventv1.MessageCreated:
			ev.Data = data
		case *eventv1.MessageEdited:
			ev.Data = data
		case *eventv1.MessageDeleted:
			ev.Data = data
		case *eventv1.Csat:
			ev.Data = data
		case *eventv1.OperatorStatus:
			ev.Data = data
		}
		events = append(events, ev)
	}
	add(bus.MessageCreated, said("a", "secret", nil))
	add(bus.MessageEdited, &eventv1.MessageEdited{SessionId: "ses_1", MessageId: "a", Content: "secret still", EditedAt: timestamppb.Now()})
	add(bus.CsatRequested, &eventv1.Csat{SessionId: "ses_1", At: timestamppb.Now()})
	add(bus.MessageCreated, said("b", "kept", &bellhopv1.Quote{Id: "a", Content: "secret", Sender: "operator"}))
	add(bus.OperatorStatus, &eventv1.OperatorStatus{})
	add(bus.MessageDeleted, &eventv1.MessageDeleted{SessionId: "ses_1", MessageId: "a", DeletedAt: timestamppb.Now()})

	maker := &Maker{Links: transfer.NewLinks(nil)}
	maker.Links.Serve("https://chat.example")
	frames, operators := maker.Missed(session.Key{Project: id.Default, Session: "ses_1"}, events, "epoch")
	var all []string
	for i, f := range frames {
		text := string(f.Data)
		if strings.Contains(text, "secret") {
			t.Errorf("frame %d: %s", i, text)
		}
		if want := (bus.Mark{Epoch: "epoch", Seq: f.Seq}).String(); !strings.Contains(text, `"position":"`+want+`"`) {
			t.Errorf("frame %d has no position %s: %s", i, want, text)
		}
		all = append(all, text)
	}
	if joined := strings.Join(all, "\n"); len(frames) != 4 || !strings.Contains(joined, "kept") || strings.Contains(joined, "csat_request") || !operators {
		t.Errorf("%d frames, operators %v:\n%s", len(frames), operators, joined)
	}
}
