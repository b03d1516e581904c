package discord

import "context"

// eachConn does something to every gateway connection and returns how many there were.
func (s *Server) eachConn(do func(*conn)) int {
	s.mu.Lock()
	n := len(s.gateway.conns)
	for c := range s.gateway.conns {
		do(c)
	}
	s.mu.Unlock()
	s.watch.Touch()
	return n
}

// AskReconnect sends op 7 on every connection: the client must come back and resume.
func (s *Server) AskReconnect() int {
	return s.eachConn(func(c *conn) { c.send(opReconnect, nil) })
}

// InvalidateSession sends op 9 on every connection. If resumable is false the sessions are gone.
func (s *Server) InvalidateSession(resumable bool) int {
	return s.eachConn(func(c *conn) {
		if !resumable && c.session != nil {
			delete(s.gateway.sessions, c.session.ID)
			c.session = nil
		}
		c.send(opInvalidSession, resumable)
	})
}

// CloseGateway closes every connection with a code, 4000 to 4014. Sessions can be resumed afterwards unless the code
// says that they are over (4003, 4007, 4009, and the fatal ones).
func (s *Server) CloseGateway(code int) int {
	return s.eachConn(func(c *conn) {
		switch code {
		case closeUnknown, closeUnknownOpcode, closeDecode, closeAlreadyIdentified, closeRateLimited:
		default:
			if c.session != nil {
				delete(s.gateway.sessions, c.session.ID)
			}
		}
		c.end(code, "")
	})
}

// DropGateway breaks every connection without a close.
func (s *Server) DropGateway() int {
	return s.eachConn(func(c *conn) { c.push(outgoing{reset: true}) })
}

// HalfOpenGateway leaves every connection open and lets nothing pass any more, as when a middlebox forgets it. The client
// can only notice by its heartbeats.
func (s *Server) HalfOpenGateway() int { return s.eachConn((*conn).halve) }

// StopAcks makes heartbeats go unanswered, or answered again; events still flow. A client must take the connection for dead.
func (s *Server) StopAcks(stop bool) {
	s.mu.Lock()
	s.gateway.noAcks = stop
	s.mu.Unlock()
	s.watch.Touch()
}

// AskHeartbeat sends op 1 on every connection: the client must beat at once.
func (s *Server) AskHeartbeat() int {
	return s.eachConn(func(c *conn) { c.push(outgoing{data: raw(frame{Op: opHeartbeat})}) })
}

// ForgetSessions drops every session that is not connected, so that the next resume is answered with op 9 false.
func (s *Server) ForgetSessions() {
	s.mu.Lock()
	for id, sess := range s.gateway.sessions {
		if sess.conn == nil {
			delete(s.gateway.sessions, id)
		}
	}
	s.mu.Unlock()
	s.watch.Touch()
}

// AwaitGateway waits until a session is connected.
func (s *Server) AwaitGateway(ctx context.Context) error {
	return s.WaitFor(ctx, func(v State) bool { return v.Connected() })
}
