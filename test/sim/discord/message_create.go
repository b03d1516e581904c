package discord

import "slices"

func (c *call) createMessage() (any, *apiError) {
	in := c.readNew(c.form)
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	if ch.Type == typeForum {
		return nil, errNonText
	}
	if err := c.check(&in); err != nil {
		return nil, err
	}
	if err := c.needContent(ch, &in); err != nil {
		return nil, err
	}
	if err := c.writable(ch); err != nil {
		return nil, err
	}
	if m := c.earlier(&in); m != nil {
		return c.s.wireMessage(m), nil
	}
	target, err := c.target(ch, &in)
	if err != nil {
		return nil, err
	}
	m := c.compose(ch, &in)
	c.s.refer(m, target)
	c.s.post(ch, m)
	c.remember(&in, m)
	return c.s.wireMessage(m), nil
}

// writable refuses a locked thread to whoever may not manage it, and opens an archived one.
func (c *call) writable(ch *channel) *apiError {
	if !ch.isThread() {
		return nil
	}
	if ch.Locked && !c.w.may(ch, permManageThreads) {
		return errThreadLocked
	}
	if ch.Archived {
		if c.w.activeThreads() >= c.s.opts.ActiveThreads {
			return errTooManyThreads
		}
	}
	return nil
}

// earlier finds what enforce_nonce asks for: the message that this one repeats.
func (c *call) earlier(in *messageInput) *Message {
	if !in.enforce || in.nonce == "" {
		return nil
	}
	n, ok := c.w.Nonces[in.nonce]
	if !ok || c.now.Sub(n.At) > c.s.opts.NonceWindow {
		return nil
	}
	if m := c.w.Messages[n.MessageID]; m != nil && !m.Deleted {
		return m
	}
	return nil
}

func (c *call) remember(in *messageInput, m *Message) {
	if in.nonce == "" {
		return
	}
	c.w.Nonces[in.nonce] = nonced{MessageID: m.ID, At: c.now}
	if len(c.w.Nonces) > 10_000 {
		for nonce, n := range c.w.Nonces {
			if c.now.Sub(n.At) > c.s.opts.NonceWindow {
				delete(c.w.Nonces, nonce)
			}
		}
	}
}

// target finds the message that a reply is to; nil without one.
func (c *call) target(ch *channel, in *messageInput) (*Message, *apiError) {
	if in.reference == nil {
		return nil, nil
	}
	if !c.w.may(ch, permReadHistory) {
		return nil, errNoHistory
	}
	m := c.w.live(ch.ID, in.reference.messageID)
	elsewhere := in.reference.channelID != "" && in.reference.channelID != ch.ID
	switch {
	case elsewhere || m == nil && in.reference.must:
		f := newForm(nil)
		f.fail("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
		return nil, f.err()
	case m != nil && m.System():
		f := newForm(nil)
		f.fail("message_reference", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message")
		return nil, f.err()
	}
	return m, nil
}

// refer makes m a reply, and counts whom that pings.
func (s *Server) refer(m, target *Message) {
	if target == nil {
		return
	}
	m.Type, m.ReplyTo = TypeReply, target.ID
}

// compose builds a message of the bot that is not posted yet.
func (c *call) compose(ch *channel, in *messageInput) *Message {
	m := &Message{
		ID: c.w.newID(c.now), ChannelID: ch.ID, Author: c.w.bot(), At: c.now, Text: in.content, Embeds: in.embeds,
		Components: in.components, Buttons: in.buttons, Flags: in.flags &^ flagEphemeral, Nonce: in.nonce,
		NumberNonce: in.numberNonce,
	}
	m.Attachments = c.s.attach(ch.ID, nil, in.attachments)
	allowed := everything()
	if in.mentions != nil {
		allowed = *in.mentions
	}
	m.Mentioned, m.Notified = c.w.mentions(m.Text, allowed, c.w.permissions(c.w.App.ID, ch))
	if in.reference != nil && allowed.replied {
		c.pingReplied(ch, in.reference.messageID, m)
	}
	return m
}

func (c *call) pingReplied(ch *channel, id string, m *Message) {
	target := c.w.live(ch.ID, id)
	if target == nil || target.Author.ID == c.w.App.ID {
		return
	}
	m.Mentioned.Users = appendNew(m.Mentioned.Users, target.Author.ID)
	m.Notified = appendNew(m.Notified, target.Author.Username)
}

// post puts a message into its channel and tells everybody. The caller holds mu.
func (s *Server) post(ch *channel, m *Message) {
	s.wake(ch)
	s.place(ch, m)
	s.emitMessage("MESSAGE_CREATE", ch, m)
}

// place stores a message without telling anybody. The caller holds mu.
func (s *Server) place(ch *channel, m *Message) {
	s.world.Messages[m.ID] = m
	ch.MessageIDs = append(ch.MessageIDs, m.ID)
	if m.OnlyFor != "" {
		return
	}
	ch.LastID, ch.Active = m.ID, m.At
	if ch.isThread() {
		s.sooner(ch)
		if m.ID != ch.ID && m.Type != TypeStarter {
			ch.Sent++
			ch.Count++
		}
		if m.Author.ID != "" && !slices.Contains(ch.Joined, m.Author.ID) && m.WebhookID == "" {
			ch.Joined = append(ch.Joined, m.Author.ID)
		}
	}
	if ch.TypingUser == m.Author.ID {
		ch.TypingUser = ""
	}
}
