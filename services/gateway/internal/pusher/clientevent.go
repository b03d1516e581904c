package pusher

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"golang.org/x/time/rate"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// clientEvent passes an event of a client on to the others in its channel. Of what the client sent only event, channel and data count.
func (c *conn) clientEvent(r request) {
	room := c.room(r.Channel)
	user, in := c.seated(room)
	if !in {
		room = nil
	}
	if message := c.forbidden(r, room); message != "" {
		c.complain(codeClientEvent, message)
		return
	}
	if room.kind.session {
		if message := c.received(r); message != "" {
			c.complain(codeClientEvent, message)
		}
		return
	}
	e := Event{Name: r.Event, Data: r.Data, Socket: c.id, User: user, Client: true}
	if err := c.server.Bus.ToChannel(bus.Channel{App: c.server.AppID, Name: r.Channel}, encode(e)); err != nil {
		c.complain(codeClientEvent, "the event cannot be passed on now; send it again")
		return
	}
	c.server.metrics.clientEvents.Inc()
	c.server.hooks.clientEvent(r.Channel, e)
}

// seated tells whether the socket has been let into a room, and as which user of a presence channel.
func (c *conn) seated(r *room) (user string, in bool) {
	if r == nil {
		return "", false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.seats[c]
	if s == nil || s.waiting {
		return "", false
	}
	return s.user, true
}

// forbidden says why an event may not be sent; empty for no reason.
func (c *conn) forbidden(r request, room *room) string {
	s := c.server
	switch {
	case s.ClientEvents != on && (room == nil || !room.kind.session):
		return "client events are not enabled for this app"
	case room == nil:
		return fmt.Sprintf("client event on %.200q, to which this connection is not subscribed", r.Channel)
	case !room.kind.guarded():
		return "client events are for private and presence channels"
	case utf8.RuneCountInString(r.Event) > maxEventName:
		return fmt.Sprintf("the event's name has more than %d characters", maxEventName)
	case len(r.Data) == 0:
		return "missing parameter data"
	case size(r.Data) > s.MaxPayload:
		return fmt.Sprintf("the event's data has more than %d bytes", s.MaxPayload)
	}
	if c.rate == nil {
		c.rate = rate.NewLimiter(rate.Limit(s.ClientEventRate), s.ClientEventRate)
	}
	if !c.rate.Allow() {
		return fmt.Sprintf("more than %d client events a second", s.ClientEventRate)
	}
	return ""
}

// size is how many bytes of data there are: of a text what it says, not how it is written.
func size(data json.RawMessage) int {
	var s string
	if len(data) > 0 && data[0] == '"' && json.Unmarshal(data, &s) == nil {
		return len(s)
	}
	return len(data)
}
