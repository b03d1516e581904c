package slack

import (
	"context"
	"encoding/json"
	"time"

	"github.com/gorilla/websocket"
)

// pingSocket pings at once and then at intervals of the machine's time, because it is the client's watch that it feeds.
func (s *Server) pingSocket(c *socket) {
	ticker := time.NewTicker(s.opts.PingInterval)
	defer ticker.Stop()
	for {
		s.mu.Lock()
		stalled := s.sockets.stalled
		s.mu.Unlock()
		if !stalled {
			_ = c.conn.WriteControl(websocket.PingMessage, []byte("Ping from applink-sim"), time.Now().Add(socketWriteLimit))
		}
		select {
		case <-ticker.C:
		case <-c.done:
			return
		}
	}
}

// outlive refreshes a connection at the end of its life.
func (s *Server) outlive(c *socket) {
	if c.sleep(s, s.opts.SocketLifetime) {
		s.refresh(c)
	}
}

// sleep waits on the simulator's clock; false if the connection ended first.
func (c *socket) sleep(s *Server, d time.Duration) bool {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	go func() {
		select {
		case <-c.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	return s.clock.Sleep(ctx, d) == nil
}

// refresh warns a connection and closes it ten seconds later.
func (s *Server) refresh(c *socket) {
	s.mu.Lock()
	c.warned = true
	s.mu.Unlock()
	s.touch()
	if c.say(disconnect("warning")) && c.sleep(s, warningLead) {
		c.say(disconnect("refresh_requested"))
		c.close()
	}
}

// RefreshSockets warns every connection that is open now, and closes it after ten seconds of the simulator's clock.
func (s *Server) RefreshSockets() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.sockets.open {
		s.spawn(func() { s.refresh(c) })
	}
}

// CutSockets breaks every connection without a word.
func (s *Server) CutSockets() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.sockets.open {
		c.close()
	}
}

// StallSockets makes every connection look alive and bring nothing: no pings go out, acknowledgements are not seen.
func (s *Server) StallSockets(on bool) {
	s.mu.Lock()
	s.sockets.stalled = on
	s.mu.Unlock()
	s.touch()
}

// SetSocketMode switches Socket Mode on or off. Off, every connection is told link_disabled and closed, and so is every new one.
func (s *Server) SetSocketMode(on bool) {
	s.mu.Lock()
	s.world.SocketOff = !on
	open := append([]*socket(nil), s.sockets.open...)
	s.mu.Unlock()
	if !on {
		for _, c := range open {
			c.say(disconnect("link_disabled"))
			c.close()
		}
	}
	s.touch()
}

// pick chooses a connection at random; one that was warned only if there is no other. The caller holds mu.
func (s *Server) pick() *socket {
	var fresh []*socket
	for _, c := range s.sockets.open {
		if !c.warned {
			fresh = append(fresh, c)
		}
	}
	if len(fresh) == 0 {
		fresh = s.sockets.open
	}
	if len(fresh) == 0 {
		return nil
	}
	return fresh[s.rng.Intn(len(fresh))]
}

// push brings something to the app over one of its connections and waits for the acknowledgement.
func (s *Server) push(era context.Context, p *parcel, kind string, payload json.RawMessage, dropAck bool) outcome {
	d := Delivery{At: s.clock.Now(), ID: p.id, Kind: p.kind, Via: "socket", To: p.to, Attempt: p.attempt, RetryReason: p.reason}
	began := time.Now()
	ctx, late, stop := s.deadline(era)
	answer, id, err := s.exchangeEnvelope(ctx, p, kind, payload)
	stop()
	d.Latency, d.Late, d.Socket, d.Error = time.Since(began), late(), id, err
	d.Answer = clip(string(answer))
	d.Accepted = err == ""
	d.Dropped = d.Accepted && dropAck
	if era.Err() == nil {
		s.record(d)
	}
	return outcome{ok: d.Accepted && !d.Dropped, reason: "timeout", answer: answer}
}

func (s *Server) exchangeEnvelope(ctx context.Context, p *parcel, kind string, payload json.RawMessage) (answer []byte, id int, failed string) {
	s.mu.Lock()
	c := s.pick()
	if c == nil {
		s.mu.Unlock()
		return nil, 0, "no_connection"
	}
	envelope := uuid(s.rng)
	ack := make(chan json.RawMessage, 1)
	c.acks[envelope] = ack
	stalled := s.sockets.stalled
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(c.acks, envelope)
		s.mu.Unlock()
	}()
	message := fields{
		"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": kind != "events_api",
	}
	if kind == "events_api" {
		message["retry_attempt"], message["retry_reason"] = p.attempt-1, p.reason
	}
	if !stalled && !c.say(message) {
		return nil, c.id, "connection_closed"
	}
	select {
	case answer := <-ack:
		return answer, c.id, ""
	case <-c.done:
		return nil, c.id, "connection_closed"
	case <-ctx.Done():
		return nil, c.id, "timeout"
	}
}
