package render

import (
	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// Missed is what a connection that was away is sent of the events that it missed, in their order. Questions (for a rating, for a picture)
// are not among it: whether they are still open is not the events' to say. operators tells that somebody of the team came or went.
func (m *Maker) Missed(key session.Key, events []bus.Event, epoch string) (frames []hub.Frame, operators bool) {
	withoutDeleted(events)
	for _, ev := range events {
		switch ev.Type {
		case bus.CsatRequested, bus.ScreenshotRequested:
			continue
		case bus.OperatorStatus:
			operators = true
			continue
		}
		if frame := m.Frame(key, ev, epoch); frame.Data != nil {
			frames = append(frames, frame)
		}
	}
	return frames, operators
}

// withoutDeleted takes out what was deleted later: who comes back after a deletion is not sent what was deleted.
func withoutDeleted(events []bus.Event) {
	deleted := map[string]*eventv1.MessageDeleted{}
	for _, ev := range events {
		if data, ok := ev.Data.(*eventv1.MessageDeleted); ok {
			deleted[data.GetMessageId()] = data
		}
	}
	if len(deleted) == 0 {
		return
	}
	for _, ev := range events {
		switch data := ev.Data.(type) {
		case *eventv1.MessageCreated:
			blank(data.GetMessage(), deleted)
		case *eventv1.MessageEdited:
			if deleted[data.GetMessageId()] != nil {
				data.Content = ""
			}
		}
	}
}

func blank(message *bellhopv1.Message, deleted map[string]*eventv1.MessageDeleted) {
	if gone := deleted[message.GetId()]; gone != nil {
		message.Content, message.Attachments, message.DeletedAt = "", nil, gone.GetDeletedAt()
	}
	if quote := message.GetQuote(); quote != nil && deleted[quote.GetId()] != nil {
		quote.Content, quote.Deleted = "", true
	}
}
