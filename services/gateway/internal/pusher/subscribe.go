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

// subscribe lets the socket into a channel, or tells it why not.
func (c *conn) subscribe(s subscription) {
	if c.rooms[s.Channel] != nil {
		c.complain(0, "already subscribed to "+s.Channel)
		return
	}
	m, refused := c.admit(s)
	if refused != nil {
		c.refuse(s.Channel, *refused)
		return
	}
	r := c.server.rooms.enter(c.server, s.Channel)
	r.sit(c, &seat{user: m.user, waiting: true})
	if !r.kind.presence && !r.kind.cached {
		c.tell(say(succeeded, r.name, empty{}))
		r.seats[c].begin(c)
		r.mu.Unlock()
		if r.kind.session {
			c.listen(r)
		}
		return
	}
	var in <-chan bool
	if r.kind.presence {
		in = r.presence.arrive(m.user, m.info)
	}
	r.mu.Unlock()
	if refused := c.await(in); refused != nil {
		c.unsit(r)
		c.refuse(s.Channel, *refused)
		return
	}
	c.enter(r)
}

const succeeded = "pusher_internal:subscription_succeeded"

// await waits until the user may come in.
func (c *conn) await(in <-chan bool) *refusal {
	if in == nil {
		return nil
	}
	timer := time.NewTimer(admitTimeout)
	defer timer.Stop()
	select {
	case admitted := <-in:
		if admitted {
			return nil
		}
		return &refusal{limitReached, codeOverQuota, "the channel has as many members as it may have"}
	case <-timer.C:
		return &refusal{"ServerError", 503, "who is in the channel cannot be told now; subscribe again"}
	case <-c.server.ctx.Done():
		return &refusal{"ServerError", 503, "this server is closing"}
	}
}

// enter tells the socket that it is in, who else is, and the channel's last event, before anything that came meanwhile.
func (c *conn) enter(r *room) {
	var last bus.Cached
	var err error
	if r.kind.cached {
		last, err = c.server.lastOf(r.name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.seats[c]
	var data any = empty{}
	if r.kind.presence {
		data = r.presence.members()
	}
	c.tell(say(succeeded, r.name, data))
	if r.kind.cached {
		c.recall(r, s, last, err)
	}
	s.begin(c)
	if r.counts() && r.count.version > 0 { // it may have been told while this one waited
		c.tell(r.countFrame())
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
func (s *Server) lastOf(name string) (bus.Cached, error) {
	ctx, cancel := context.WithTimeout(s.ctx, cacheTimeout)
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
	delete(c.rooms, r.name)
	r.leave(c)
}

// unsubscribe takes the socket out of a channel. Success has no answer.
func (c *conn) unsubscribe(channel string) {
	r := c.rooms[channel]
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
