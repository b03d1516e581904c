package pusher

import (
	"context"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

const (
	// admitTimeout bounds the wait for the sessions service to let a user into a presence channel.
	admitTimeout = 5 * time.Second
	// cacheTimeout bounds the reading of a channel's last event.
	cacheTimeout = 3 * time.Second
)

// subscription is the data of pusher:subscribe and pusher:unsubscribe.
type subscription struct {
	Channel string `json:"channel"`
	Auth    string `json:"auth"`
	// Data is the text that was signed, as it came; nil for none.
	Data *string `json:"channel_data"`
}

// refusal is why somebody may not subscribe.
type refusal struct {
	kind    string
	status  int
	message string
}

// The kinds of refusals, as clients know them from other servers of this protocol.
const (
	authError    = "AuthError"
	limitReached = "LimitReached"
)

// subscribe lets the socket into a channel, or tells it why not. Where somebody else must be asked first the socket has a seat meanwhile, on
// which it waits, and its reader goes on.
func (c *conn) subscribe(s subscription) {
	if c.room(s.Channel) != nil {
		c.complain(0, "already subscribed to "+s.Channel)
		return
	}
	m, refused := c.admit(s)
	k := kindOf(s.Channel)
	if waits := k.presence || k.cached; refused == nil && waits {
		refused = c.server.lobby.enter(c)
	}
	if refused != nil {
		c.refuse(s.Channel, *refused)
		return
	}
	r := c.server.rooms.enter(c.server, s.Channel)
	r.arrive(c, m)
	r.mu.Unlock()
	if k.session {
		c.listen(r)
	}
}

// arrive gives a socket a seat, on which it may have to wait. The room is locked.
func (r *room) arrive(c *conn, m member) {
	s := &seat{user: m.user, waiting: true}
	r.sit(c, s)
	switch {
	case r.kind.presence && !r.presence.arrive(m.user, m.info):
		over := time.AfterFunc(admitTimeout, func() { r.giveUp(c, s) })
		r.presence.wait(c, waiter{m.user, over})
	case r.kind.presence || r.kind.cached:
		r.admitted(c, s)
	default:
		c.tell(say(succeeded, r.name, empty{}))
		s.begin(c)
	}
}

const succeeded = "pusher_internal:subscription_succeeded"

// room is the one of a channel in which the socket has a seat.
func (c *conn) room(channel string) *room {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	return c.rooms[channel]
}

// seats is how many it has.
func (c *conn) seats() int {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	return len(c.rooms)
}

// forget takes a room from the socket.
func (c *conn) forget(r *room) {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	if c.rooms[r.name] == r {
		delete(c.rooms, r.name)
	}
}

// recall tells the channel's last event, or that there is none. When that cannot be known, the client is to find out how things stand as if there
// were none, which is no news for webhooks.
func (c *conn) recall(r *room, s *seat, last bus.Cached, err error) {
	if e, frame := read(r.name, last.Payload); frame != nil && e.Name != "" {
		s.shown = last.Seq
		c.tell(frame)
		return
	}
	c.tell(say("pusher:cache_miss", r.name, empty{}))
	if err == nil {
		c.server.hooks.cacheMiss(r.name, time.Now())
	}
}

// lastOf reads a channel's last event; the zero Cached when there is none, or it is too old.
func (s *Server) lastOf(name string, until time.Time) (bus.Cached, error) {
	ctx, cancel := context.WithDeadline(s.ctx, until)
	defer cancel()
	last, err := s.Cache.Last(ctx, bus.Channel{App: s.AppID, Name: name})
	if err != nil || time.Since(last.At) > s.CacheFor {
		return bus.Cached{}, err
	}
	return last, nil
}

// unsit takes the seat away again.
func (c *conn) unsit(r *room) {
	c.unlisten(r.name)
	r.leave(c)
}

// unsubscribe takes the socket out of a channel, or of what waits to be let in. Success has no answer.
func (c *conn) unsubscribe(channel string) {
	r := c.room(channel)
	if r == nil {
		c.complain(0, "not subscribed to "+channel)
		return
	}
	c.unsit(r)
}

// refuse tells why a subscription was refused: to the channel, where the application hears it, and as Pusher does.
func (c *conn) refuse(channel string, r refusal) {
	c.tell(frame{Event: "pusher:subscription_error", Channel: channel, Data: encode(struct {
		Type   string `json:"type"`
		Error  string `json:"error"`
		Status int    `json:"status"`
	}{r.kind, r.message, r.status})}.bytes())
	c.complain(0, r.message)
}
