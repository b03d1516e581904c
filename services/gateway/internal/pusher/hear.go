package pusher

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// terminate is the event that closes all sockets of the user to whose channel it is published. No client is told of it.
const terminate = reservedInternal + "terminate"

// hear tells the sockets of a channel what was published to it.
func (s *Server) hear(c bus.Channel, payload []byte, seq uint64) {
	r := s.rooms.find(c.Name)
	if r == nil {
		return
	}
	e, data := read(c.Name, payload)
	switch {
	case data != nil:
		r.push(event{data, seq}, e.Socket)
	case e.Name == terminate && r.kind.user:
		r.terminate()
	}
}

// read decodes what travels on the bus. The frame is nil when it is nothing for a client: a browser would end its connection at what is no UTF-8.
func read(channel string, payload []byte) (e Event, frame []byte) {
	if len(payload) == 0 || !utf8.Valid(payload) || json.Unmarshal(payload, &e) != nil {
		return Event{}, nil
	}
	return e, frameOf(channel, e)
}

// terminate closes every socket that is signed in as the room's user.
func (r *room) terminate() {
	r.mu.Lock()
	defer r.mu.Unlock()
	const why = "the app has ended this user's connections"
	for c := range r.signed {
		c.Mu.Lock()
		c.bye(codeUnauthorized, why)
		c.Mu.Unlock()
	}
}
