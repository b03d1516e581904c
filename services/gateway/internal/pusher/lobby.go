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
	// readersMost is how many last events of channels are read at once.
	readersMost = 32
)

// lobby is where sockets wait to be let into channels: into presence channels for the sessions service, which answers with the next report, and into
// cache channels for their last event. Whoever waits has a seat, which tells so; waiting costs no goroutine but a few that read.
type lobby struct {
	mu sync.Mutex
	// of are the seats that wait, by socket; all is their sum.
	of  map[*conn]int
	all int

	queue   []arrival
	readers int
}

// arrival is a seat that waits for its channel's last event.
type arrival struct {
	c     *conn
	r     *room
	s     *seat
	until time.Time
}

// enter counts a seat in, if there is room.
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

// leave counts a seat out.
func (l *lobby) leave(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.of[c]--; l.of[c] == 0 {
		delete(l.of, c)
	}
}

// read has a seat's channel read. The seat's socket is here, so the server waits for it.
func (l *lobby) read(s *Server, a arrival) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, a)
	if l.readers < readersMost {
		l.readers++
		s.wg.Go(func() { l.reading(s) })
	}
}

// next is whose turn it is. When nobody waits, a reader ends.
func (l *lobby) next() (a arrival, more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		l.queue = nil
		l.readers--
		return a, false
	}
	a, l.queue = l.queue[0], l.queue[1:]
	return a, true
}

func (l *lobby) reading(s *Server) {
	for a, more := l.next(); more; a, more = l.next() {
		if !a.r.holds(a.c, a.s) {
			continue
		}
		last, err := s.lastOf(a.r.name, a.until)
		a.r.mu.Lock()
		if a.r.seats[a.c] == a.s {
			a.r.open(a.c, a.s, last, err)
		}
		a.r.mu.Unlock()
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
		r.server.lobby.read(r.server, arrival{c, r, s, time.Now().Add(cacheTimeout)})
		return
	}
	r.open(c, s, bus.Cached{}, nil)
}

// open tells a socket that it is in, who else is, and the channel's last event, before anything that came meanwhile. The room is locked.
func (r *room) open(c *conn, s *seat, last bus.Cached, err error) {
	var data any = empty{}
	if r.kind.presence {
		data = r.presence.members()
	}
	c.tell(say(succeeded, r.name, data))
	if r.kind.cached {
		c.recall(r, s, last, err)
	}
	s.begin(c)
	r.server.lobby.leave(c)
	if r.counts() && r.count.version > 0 { // it may have been told while this one waited
		c.tell(r.countFrame())
	}
}
