package slack

import (
	"net/http"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// serveResponse is response_url: a message for the one who acted, or for all, or a change of the message acted on.
func (s *Server) serveResponse(w http.ResponseWriter, r *http.Request) {
	x := s.receive(w, r, "respond")
	err := x.read()
	x.enter()
	if err != nil {
		x.finish(refusal(err, nil))
		return
	}
	x.finish(x.perform(func() fault.Answer { return s.takeResponse(x, r.PathValue("id")) }))
}

func (s *Server) takeResponse(x *exchange, secret string) fault.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.world.ResponseURLs[secret]
	switch {
	case u == nil:
		return refusal(&apiError{Code: "invalid_url", Status: http.StatusNotFound}, nil)
	case !u.Ends.After(s.clock.Now()):
		return refusal(&apiError{Code: "expired_url", Status: http.StatusNotFound}, nil)
	case u.Posts >= responsePosts:
		return refusal(&apiError{Code: "used_url", Status: http.StatusNotFound}, nil)
	}
	ch := s.world.Channels[u.Channel]
	if err := s.respond(ch, u.User, ch.Messages[u.TS], x.p); err != nil {
		return refusal(err, nil)
	}
	u.Posts++
	return encode(nil, nil, nil)
}

// respond does what an answer to an interaction asks for; on is the message acted on, if there is one. The caller holds mu.
func (s *Server) respond(ch *channel, user string, on *Message, p *params) *apiError {
	if on != nil && on.Deleted {
		on = nil
	}
	if p.flag("delete_original") && on != nil {
		s.removeShown(ch, on)
		return nil
	}
	c := &call{s: s, p: p, now: s.clock.Now()}
	said, err := c.content()
	if err != nil {
		return err
	}
	if p.flag("replace_original") && on != nil {
		s.replaceShown(ch, on, said)
		return nil
	}
	m := &Message{ChannelID: ch.ID, From: *s.world.Users[BotUserID], BotID: BotID, Date: c.now, ThreadTS: p.values["thread_ts"]}
	if m.ThreadTS == "" && on != nil {
		m.ThreadTS = on.ThreadTS
	}
	if p.values["response_type"] != "in_channel" {
		m.Ephemeral = user
	}
	s.apply(m, said)
	if m.Ephemeral != "" {
		m.Notified = nil
		ch.place(m)
		s.touch()
		return nil
	}
	s.post(ch, m)
	return nil
}

// removeShown deletes a message, also one that only one person sees.
func (s *Server) removeShown(ch *channel, m *Message) {
	if m.Ephemeral == "" {
		s.remove(ch, m)
		return
	}
	m.Deleted = true
	s.touch()
}

// replaceShown changes a message, also one that only one person sees: nobody hears of that.
func (s *Server) replaceShown(ch *channel, m *Message, said content) {
	if m.Ephemeral == "" {
		s.change(ch, m, BotUserID, func() { s.apply(m, said) })
		return
	}
	s.apply(m, said)
	s.touch()
}
