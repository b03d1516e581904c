package pusher

import (
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// What libraries called before 2012, and the oldest ones in use still do. Signed as everything else is.

// oldTrigger publishes to the channel in the path what is in the body, as it is. Its name and the socket that is not told are in the query.
func (s *Server) oldTrigger(c call, channel string) (any, *intake.Refusal) {
	if !utf8.Valid(c.body) {
		return nil, invalid("the body is no UTF-8")
	}
	name, socket := c.params.get("name"), c.params.get("socket_id")
	t := triggered{Name: &name, Data: text(string(c.body)), Channels: []string{channel}}
	if socket != "" {
		t.Socket = &socket
	}
	f := s.check(c.r.Context(), t, 1)
	if f == nil {
		f = s.publish(c.r.Context(), t)
	}
	return accepted{}, f
}

// oldStats tells about one channel what newer libraries ask for.
func (s *Server) oldStats(c call, channel string) (any, *intake.Refusal) {
	c.params = nil
	if kindOf(channel).presence {
		c.params = params{{Key: "info", Value: userCount}}
	}
	return s.channel(c, channel)
}
