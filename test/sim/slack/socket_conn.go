package slack

import (
	"encoding/json"
	"time"
)

func disconnect(reason string) fields {
	return fields{"type": "disconnect", "reason": reason, "debug_info": fields{"host": "applink-sim"}}
}

// say writes one message; a connection that cannot take it is closed.
func (c *socket) say(message any) bool {
	c.write.Lock()
	defer c.write.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(socketWriteLimit))
	if err := c.conn.WriteJSON(message); err != nil {
		c.close()
		return false
	}
	return true
}

func (c *socket) close() {
	c.once.Do(func() {
		close(c.done)
		_ = c.conn.Close()
	})
}

// acknowledge matches an answer to the envelope that waits for it.
func (s *Server) acknowledge(c *socket, data []byte) {
	var ack struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	defer s.touch()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := json.Unmarshal(data, &ack); err != nil || ack.EnvelopeID == "" {
		s.strange.add("socket", []string{"a message that is no acknowledgement"})
		return
	}
	if len(data) >= maxAcknowledge {
		s.strange.add("socket", []string{"an acknowledgement of 20 KB or more is dropped"})
		return
	}
	if waiting := c.acks[ack.EnvelopeID]; waiting != nil && !s.sockets.stalled {
		delete(c.acks, ack.EnvelopeID)
		waiting <- ack.Payload
	}
}
