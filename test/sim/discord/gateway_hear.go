package discord

import (
	"encoding/json"
	"slices"
	"time"
)

// hear handles one payload of a client. The caller holds mu.
func (s *Server) hear(c *conn, data []byte) {
	now := s.clock.Now()
	if c.sends.Wait(now, 1) > 0 && !s.limits.budget.Off {
		c.end(closeRateLimited, "You are being rate limited.")
		return
	}
	c.sends.Take(now, 1)
	var f struct {
		Op   *int            `json:"op"`
		Data json.RawMessage `json:"d"`
	}
	if len(data) > maxPayload || json.Unmarshal(data, &f) != nil || f.Op == nil {
		c.end(closeDecode, "Error while decoding payload.")
		return
	}
	switch *f.Op {
	case opHeartbeat:
		c.beat = time.Now()
		if !s.gateway.noAcks {
			c.send(opHeartbeatAck, nil)
		}
	case opIdentify:
		s.identify(c, f.Data)
	case opResume:
		s.resume(c, f.Data)
	case opPresence, opVoice, opRequestMembers:
		if c.session == nil {
			c.end(closeNotAuthenticated, "Not authenticated.")
		}
	default:
		c.end(closeUnknownOpcode, "Unknown opcode.")
	}
}

type identifyData struct {
	Token      string `json:"token"`
	Intents    *int   `json:"intents"`
	Shard      []int  `json:"shard"`
	Properties struct {
		OS      string `json:"os"`
		Browser string `json:"browser"`
		Device  string `json:"device"`
	} `json:"properties"`
}

// identify begins a session, or says why not.
func (s *Server) identify(c *conn, data json.RawMessage) {
	var in identifyData
	if c.session != nil {
		c.end(closeAlreadyIdentified, "Already authenticated.")
		return
	}
	if json.Unmarshal(data, &in) != nil {
		c.end(closeDecode, "Error while decoding payload.")
		return
	}
	if code, reason := s.checkIdentify(in); code != 0 {
		c.end(code, reason)
		return
	}
	now, l := s.clock.Now(), s.limits
	if l.starts.Wait(now, 1) > 0 && !l.budget.Off {
		s.world.Revoked = true // that many starts reset the token
		c.end(closeAuthentication, "Authentication failed.")
		return
	}
	l.starts.Take(now, 1)
	if s.gateway.identify == nil {
		s.gateway.identify = fixed(l.budget.Identify)
	}
	if s.gateway.identify.Wait(now) > 0 && !l.budget.Off {
		c.send(opInvalidSession, false)
		return
	}
	s.gateway.identify.Take(now)
	s.begins(c, in)
}

// checkIdentify returns a close code for what is wrong with an identify; 0 if nothing is.
func (s *Server) checkIdentify(in identifyData) (int, string) {
	switch {
	case in.Token != s.world.Token || s.world.Revoked:
		return closeAuthentication, "Authentication failed."
	case in.Shard != nil && (len(in.Shard) != 2 || in.Shard[0] < 0 || in.Shard[0] >= in.Shard[1]):
		return closeInvalidShard, "Invalid shard."
	case in.Intents == nil || *in.Intents < 0 || *in.Intents&^knownIntents != 0:
		return closeInvalidIntents, "Invalid intent(s)."
	}
	for name, bit := range privileged {
		if *in.Intents&bit != 0 && slices.Contains(s.world.App.Blocked, name) {
			return closeDisallowedIntents, "Disallowed intent(s)."
		}
	}
	return 0, ""
}

type resumeData struct {
	Token   string `json:"token"`
	Session string `json:"session_id"`
	Seq     int64  `json:"seq"`
}

// resume goes on with a session on another connection: what was missed, in order, then RESUMED.
func (s *Server) resume(c *conn, data json.RawMessage) {
	var in resumeData
	switch {
	case c.session != nil:
		c.end(closeAlreadyIdentified, "Already authenticated.")
		return
	case json.Unmarshal(data, &in) != nil:
		c.end(closeDecode, "Error while decoding payload.")
		return
	case in.Token != s.world.Token || s.world.Revoked:
		c.end(closeAuthentication, "Authentication failed.")
		return
	}
	if !resumePath(c.address) {
		s.strange.add("resume", "a session was resumed elsewhere than at its resume_gateway_url")
	}
	s.forgetSessions()
	sess := s.gateway.sessions[in.Session]
	if sess == nil || !sess.reaches(in.Seq) {
		delete(s.gateway.sessions, in.Session)
		c.send(opInvalidSession, false)
		return
	}
	if in.Seq > sess.Seq {
		delete(s.gateway.sessions, in.Session)
		c.end(closeInvalidSeq, "Invalid seq.")
		return
	}
	s.carryOn(sess, c, in.Seq)
}

// carryOn gives a session another connection and sends what came after seq. The caller holds mu.
func (s *Server) carryOn(sess *session, c *conn, seq int64) {
	if old := sess.conn; old != nil && old != c {
		old.session = nil
		old.push(outgoing{reset: true})
	}
	sess.conn, c.session = c, sess
	sess.Resumes++
	for _, e := range sess.buffer {
		if e.seq > seq {
			c.push(outgoing{data: e.data})
		}
	}
	s.dispatch(sess, "RESUMED", raw(map[string]any{"_trace": []string{}}), dispatchOptions{})
}
