package discord

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"
)

// oldMessage is the age from which on edits are limited further.
const oldMessage = time.Hour

func (c *call) editMessage() (any, *apiError) {
	in := c.readMessage(c.form)
	ch, m, err := c.message()
	if err != nil {
		return nil, err
	}
	if m.Author.ID != c.w.App.ID {
		return nil, errNotAuthor
	}
	if err := c.editable(ch, m); err != nil {
		return nil, err
	}
	return c.applyEdit(ch, m, &in, everything())
}

// editable refuses an edit in an archived thread, of a system message, and too many of old messages.
func (c *call) editable(ch *channel, m *Message) *apiError {
	if m.System() {
		return errSystemMessage
	}
	if ch.isThread() && ch.Archived {
		return errArchived
	}
	if c.now.Sub(m.At) > oldMessage {
		return c.spend(c.s.limits.bucket(bucketOldEdit, ch.ID))
	}
	return nil
}

// applyEdit changes a message as the input says; mentions are resolved anew, under the default unless the input says
// otherwise.
func (c *call) applyEdit(ch *channel, m *Message, in *messageInput, allowed allowedMentions) (any, *apiError) {
	if err := c.checkEdit(m, in); err != nil {
		return nil, err
	}
	if in.hasAttachments {
		m.Attachments = c.s.attach(ch.ID, m.Attachments, in.attachments)
	} else if len(in.attachments) > 0 {
		m.Attachments = slices.Concat(m.Attachments, c.s.attach(ch.ID, nil, in.attachments))
	}
	reframed := in.hasEmbeds && !slices.EqualFunc(m.Embeds, in.embeds, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) })
	if in.hasEmbeds {
		m.Embeds = in.embeds
	}
	if in.hasComponents {
		m.Components, m.Buttons = in.components, in.buttons
	}
	if in.hasFlags {
		m.Flags = m.Flags&^flagSuppressEmbeds | in.flags&(flagSuppressEmbeds|flagComponentsV2)
	}
	if in.mentions != nil {
		allowed = *in.mentions
	}
	text := m.Text
	if in.hasContent {
		text = in.content
	}
	c.s.revise(ch, m, text, reframed, allowed, c.w.permissions(m.Author.ID, ch))
	return c.s.wireMessage(m), nil
}

func (c *call) checkEdit(m *Message, in *messageInput) *apiError {
	if err := c.form.err(); err != nil {
		return err
	}
	after := *in
	if !in.hasContent {
		after.content = m.Text
	}
	if !in.hasEmbeds {
		after.embeds = m.Embeds
	}
	if !in.hasComponents {
		after.components = m.Components
	}
	if !in.hasAttachments && len(m.Attachments) > 0 {
		after.other = true
	}
	return c.check(&after)
}

// revise gives a message another text, keeps the old one, and tells everybody. reframed says that its embeds are others already. The
// caller holds mu.
func (s *Server) revise(ch *channel, m *Message, text string, reframed bool, allowed allowedMentions, may uint64) {
	now := s.clock.Now()
	if text != m.Text || reframed {
		since := m.At
		if !m.EditedAt.IsZero() {
			since = m.EditedAt
		}
		m.History = append(slices.Clip(m.History), Version{Text: m.Text, At: since})
	}
	m.Text, m.EditedAt = text, now
	mentioned, pinged := s.world.mentions(text, allowed, may)
	m.Mentioned = mentioned
	for _, name := range pinged {
		m.Notified = appendNew(m.Notified, name)
	}
	if m.OnlyFor == "" {
		s.emitMessage("MESSAGE_UPDATE", ch, m)
	}
}
