package pusher

import (
	"sync"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/socket"
)

// room is one channel's sockets at this gateway. Its lock is taken before a socket's, never after it.
type room struct {
	name   string
	kind   kind
	server *Server

	mu    sync.Mutex
	gone  bool // nobody may come in any more: there is another room of this name, or none
	seats map[*conn]*seat
	// row are the seats as they were taken: sockets are told in the order in which they came, in which the kernel has them too. In a map's,
	// telling ten thousand takes half as long again.
	row []*seat
	// signed are the sockets of the user whose channel it is.
	signed map[*conn]struct{}

	presence presence
	report   report
	count    count
}

// seat is a socket's place in a channel.
type seat struct {
	conn *conn
	at   int    // where it is in the row
	user string // in a presence channel
	// waiting holds back what comes until the socket knows that it is in.
	waiting bool
	held    []event
	size    int
	// shown is up to where the cache has shown the channel's events.
	shown uint64
}

// event is a frame, and its sequence in the cache.
type event struct {
	data []byte
	seq  uint64
}

// sit gives a socket its seat. The room is locked.
func (r *room) sit(c *conn, s *seat) {
	if r.seats == nil {
		r.seats = map[*conn]*seat{}
	}
	r.seats[c] = s
	s.conn, s.at = c, len(r.row)
	r.row = append(r.row, s)
	c.Mu.Lock()
	if c.rooms == nil {
		c.rooms = map[string]*room{}
	}
	c.rooms[r.name] = r
	c.Mu.Unlock()
	r.count.owed = true
	if r.kind.custom {
		r.server.customs.Add(1)
	}
	r.changed()
}

// leave takes a socket's seat away.
func (r *room) leave(c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.seats[c]; s != nil {
		r.unseat(c, s)
	}
}

// unseat takes a seat away. The room is locked.
func (r *room) unseat(c *conn, s *seat) {
	delete(r.seats, c)
	end := len(r.row) - 1
	last := r.row[end]
	r.row[s.at], last.at = last, s.at // it takes the place
	r.row[end], r.row = nil, r.row[:end]
	c.forget(r)
	if s.waiting {
		r.server.lobby.leave(c)
	}
	if r.kind.custom {
		r.server.customs.Add(-1)
	}
	if r.kind.presence {
		r.presence.depart(c, s.user)
	}
	r.changed()
}

// push tells an event to every socket but one.
func (r *room) push(e event, except string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.row {
		if except == "" || s.conn.id != except {
			s.give(s.conn, e)
		}
	}
}

// pushTo tells a frame to those that are in and that are wanted. The room is locked.
func (r *room) pushTo(data []byte, wanted func(*seat) bool) {
	for _, s := range r.row {
		if !s.waiting && wanted(s) {
			s.conn.tell(data)
		}
	}
}

// give tells an event, or holds it back.
func (s *seat) give(c *conn, e event) {
	if !s.waiting {
		if e.seq == 0 || e.seq > s.shown {
			c.tell(e.data)
		}
		return
	}
	if s.size += len(e.data); s.size > socket.MaxBacklog {
		c.Mu.Lock()
		c.Socket.Shut(codeOverCapacity, socket.Again)
		c.Mu.Unlock()
		return
	}
	s.held = append(s.held, e)
}

// begin tells what was held back, but for what the cache has shown. The room is locked.
func (s *seat) begin(c *conn) {
	s.waiting = false
	for _, e := range s.held {
		s.give(c, e)
	}
	s.held = nil
}

// sockets is how many the sessions service is to know of. The room is locked.
func (r *room) sockets() int64 {
	if r.kind.user {
		return int64(len(r.signed)) // it tells who is online, whether he listens or not
	}
	return int64(len(r.seats))
}

// changed has the sessions service told. The room is locked.
func (r *room) changed() { r.server.reports.mark(r) }

// settled forgets the room when it is empty and the sessions service knows that. The room is locked.
func (r *room) settled() {
	if len(r.seats)+len(r.signed) == 0 && r.report.none() {
		r.server.rooms.remove(r)
	}
}
