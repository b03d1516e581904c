package render

import (
	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/wire"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
)

// Maker makes frames.
type Maker struct {
	Directory *session.Directory
	Links     *transfer.Links
}

// Frame is what one event means to the session's connections; without Data when it means nothing to them. Epoch is the stream that the
// event stands in. The event is changed: it gets addresses that work, and a status that does not go back.
func (m *Maker) Frame(key session.Key, ev bus.Event, epoch string) hub.Frame {
	switch data := ev.Data.(type) {
	case *eventv1.MessageCreated:
		m.Links.For(key.Project).Show(data.GetMessage().GetAttachments()...)
	case *eventv1.MessageRead:
		if data.GetReader() == "operator" && data.GetStatus() == "read" {
			m.Directory.Read(key, data.GetMessageIds()...)
		}
	case *eventv1.MessageDelivered:
		data.MessageIds = m.Directory.Unread(key, data.GetMessageIds())
	}
	data := wire.FromEvent(ev)
	if data == nil {
		return hub.Frame{}
	}
	return hub.Frame{Data: wire.Mark(data, bus.Mark{Epoch: epoch, Seq: ev.Seq}.String()), Seq: ev.Seq, InHistory: inHistory(ev.Type), Last: ev.Type == bus.SessionErased}
}

// inHistory tells which events a replay of messages shows.
func inHistory(t bus.Type) bool {
	switch t {
	case bus.MessageCreated, bus.MessageEdited, bus.MessageDeleted, bus.MessageDeliver, bus.MessageRead:
		return true
	default:
		return false
	}
}
