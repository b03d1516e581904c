package webhook

import (
	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/wire"
)

// backendTypes are the events of the bus that have a counterpart for BACKEND_WEBHOOK_URL, or ask for another delivery.
var backendTypes = []bus.Type{
	bus.MessageCreated, bus.MessageEdited, bus.MessageDeleted, bus.SessionClosed, bus.CsatRequested, bus.DeliveryRequested,
}

// backendMessage is what BACKEND_WEBHOOK_URL is told of an event; an empty type stands for nothing.
func backendMessage(ev bus.Event, _ wire.Session) (kind string, data any) { return wire.Outgoing(ev) }
