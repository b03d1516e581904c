package pusher

import (
	"fmt"
	"sync"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

const (
	// waitMost is how many seats of one socket may wait, and waitAll those of all sockets of a gateway.
	waitMost = 10_000
	waitAll  = 100_000
	// errandsMost is how many questions are asked for those that wait at once.
	errandsMost = 32
)

// lobby is where sockets wait, while their readers go on: to be let into presence channels by the sessions service, which answers with the next
// report; for the last event of a cache channel; and to be told whether those that they watch are online. Waiting costs no goroutine but a few that ask.
type lobby struct {
	mu sync.Mutex
	// of is how often sockets wait; all is the sum.
	of  map[*conn]int
	all int

	queue   []func()
	errands int
}

// enter has a socket wait, if there is room.
func (l *lobby) enter(c *conn) *refusal {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.of[c] >= waitMost:
		return &refusal{limitReached, codeOverCapacity, fmt.Sprintf("%d subscriptions of this connection wait already; subscribe again later", waitMost)}
	case l.all >= waitAll:
		return &refusal{"ServerError", 503, "too many wait for a channel here; subscribe again later"}
	}
	if l.of == nil {
		l.of = map[*conn]int{}
	}
	l.of[c]++
	l.all++
	return nil
}

// leave ends that.
func (l *lobby) leave(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.of[c]--; l.of[c] == 0 {
		delete(l.of, c)
	}
}

// ask has something asked, in its turn, for a socket that waits: it is open still, so the server waits too.
func (l *lobby) ask(s *Server, errand func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, errand)
	if l.errands < errandsMost {
		l.errands++
		s.wg.Go(func() {
			for errand := l.next(); errand != nil; errand = l.next() {
				errand()
			}
		})
	}
}

// next is whose turn it is; nil when nobody's, and whoever asks ends.
func (l *lobby) next() (errand func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		l.queue = nil
		l.errands--
		return nil
	}
	errand, l.queue[0] = l.queue[0], nil
	l.queue = l.queue[1:]
	return errand
}

// last lets a seat in that waits for the channel's last event.
func (r *room) last(c *conn, s *seat, until time.Time) {
	if !r.holds(c, s) {
		return
	}
	last, err := r.server.lastOf(r.name, until)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seats[c] == s {
		r.open(c, s, last, err)
	}
}

// holds tells whether a socket still has a seat.
func (r *room) holds(c *conn, s *seat) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seats[c] == s
}

// decide lets those in that the sessions service has, and tells the others. The room is locked.
func (r *room) decide(in, no []*conn) {
	for _, c := range in {
		r.presence.wake(c)
		r.admitted(c, r.seats[c])
	}
	for _, c := range no {
		r.turnAway(c, refusal{limitReached, codeOverQuota, "the channel has as many members as it may have"})
	}
}

// giveUp is for who has waited for too long.
func (r *room) giveUp(c *conn, s *seat) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seats[c] == s && r.presence.wake(c) {
		r.turnAway(c, refusal{"ServerError", 503, "who is in the channel cannot be told now; subscribe again"})
	}
}

// turnAway takes a seat away that a socket has waited on. The room is locked.
func (r *room) turnAway(c *conn, why refusal) {
	r.unseat(c, r.seats[c])
	c.refuse(r.name, why)
}

// admitted opens a channel to who is let in, when its last event is there. The room is locked.
func (r *room) admitted(c *conn, s *seat) {
	if r.kind.cached {
		until := time.Now().Add(cacheTimeout)
		r.server.lobby.ask(r.server, func() { r.last(c, s, until) })
		return
	}
	r.open(c, s, bus.Cached{}, nil)
}

// success is what a socket is told that is let in. The room is locked.
func (r *room) success() []byte {
	switch p := &r.presence; {
	case !r.kind.presence:
		return say(succeeded, r.name, empty{})
	case p.success == nil:
		p.success = say(succeeded, r.name, p.members())
	}
	return r.presence.success
}

// open tells a socket that it is in, who else is, and the channel's last event, before anything that came meanwhile. The room is locked.
func (r *room) open(c *conn, s *seat, last bus.Cached, err error) {
	c.tell(r.success())
	if r.kind.cached {
		c.recall(r, s, last, err)
	}
	s.begin(c)
	r.server.lobby.leave(c)
	if r.counts() && r.count.version > 0 { // it may have been told while this one waited
		c.tell(r.countFrame())
	}
}
