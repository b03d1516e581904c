package discord

// open finds the interaction of the path if it can still be acknowledged.
func (c *call) open() (*interaction, *apiError) {
	i := c.w.interaction(c.r.PathValue("interaction"))
	if i == nil || i.Token != c.r.PathValue("token") {
		return nil, errUnknownInteraction
	}
	switch {
	case i.Answer != 0:
		i.Refused = append(i.Refused, errAcknowledged.Code)
		return nil, errAcknowledged
	case c.now.Sub(i.At) >= answerWithin:
		i.Refused = append(i.Refused, errUnknownInteraction.Code)
		return nil, errUnknownInteraction
	}
	return i, nil
}

func (c *call) callback() (any, *apiError) {
	i, err := c.open()
	if err != nil {
		return nil, err
	}
	m, err := c.acknowledge(i)
	if err != nil {
		return nil, err
	}
	if c.r.URL.Query().Get("with_response") != "true" {
		return nil, nil
	}
	type resource struct {
		Type    int          `json:"type"`
		Message *wireMessage `json:"message,omitempty"`
	}
	out := map[string]any{"interaction": map[string]any{"id": i.ID, "type": i.Type, "response_message_id": i.ResponseID}}
	if m != nil {
		out["resource"] = resource{i.Answer, c.s.wireMessage(m)}
	}
	return out, nil
}

// acknowledge reads a callback's body and does what it says. It returns the message that answers, if there is one.
func (c *call) acknowledge(i *interaction) (*Message, *apiError) {
	kind, given := c.form.integer("type")
	if !given {
		c.form.fail("type", "BASE_TYPE_REQUIRED", "This field is required")
		return nil, c.form.err()
	}
	data := c.form.object("data")
	if data == nil {
		data = c.form.nested(nil, "data")
	}
	ch := c.w.Channels[i.ChannelID]
	m, err := c.respond(i, ch, kind, data)
	if err != nil {
		return nil, err
	}
	i.Answer, i.AnsweredAt, i.Verdict = int(kind), c.now, VerdictAnswered
	if m != nil {
		i.ResponseID, i.Text, i.Ephemeral = m.ID, m.Text, m.OnlyFor != ""
		c.s.publishAnswer(ch, i, m)
	}
	return m, nil
}

// respond builds what a callback of that kind says.
func (c *call) respond(i *interaction, ch *channel, kind int64, data *form) (m *Message, err *apiError) {
	switch {
	case kind == callbackMessage:
		m, err = c.answerWith(i, ch, data)
	case kind == callbackDeferred:
		flags, _ := data.integer("flags")
		m = c.s.answering(i, ch, int(flags)&flagEphemeral|flagLoading)
	case kind == callbackDeferredUpdate && i.Type == InteractionComponent:
		i.ResponseID = i.MessageID
	case kind == callbackUpdate && i.Type == InteractionComponent:
		m, err = c.answerByUpdate(i, ch, data)
	case kind == callbackModal:
		data.name("custom_id", 100, true)
		data.name("title", 45, true)
		data.list("components", 5)
		err = c.form.err()
	default:
		c.form.choice("type", 0, callbackMessage, callbackDeferred, callbackDeferredUpdate, callbackUpdate, callbackModal)
		err = c.form.err()
	}
	return m, err
}

// answering builds an empty message that answers an interaction; nobody sees it yet.
func (s *Server) answering(i *interaction, ch *channel, flags int) *Message {
	now := s.clock.Now()
	m := &Message{
		ID: s.world.newID(now), ChannelID: ch.ID, Author: s.world.bot(), At: now, Flags: flags, Interaction: i.ID,
	}
	if i.Type == InteractionCommand {
		m.Type = TypeChatCommand
	}
	if flags&flagEphemeral != 0 {
		m.OnlyFor = i.User.ID
	}
	return m
}

func (c *call) answerWith(i *interaction, ch *channel, data *form) (*Message, *apiError) {
	in := c.readMessage(data)
	if err := c.check(&in); err != nil {
		return nil, err
	}
	m := c.s.answering(i, ch, in.flags)
	c.fill(m, &in)
	return m, nil
}

// fill puts a body's content into a message that answers an interaction.
func (c *call) fill(m *Message, in *messageInput) {
	m.Text, m.Embeds, m.Components, m.Buttons = in.content, in.embeds, in.components, in.buttons
	m.Attachments = c.s.attach(m.ChannelID, nil, in.attachments)
	allowed := onlyUsers()
	if in.mentions != nil {
		allowed = *in.mentions
	}
	if m.OnlyFor == "" {
		m.Mentioned, m.Notified = c.w.mentions(m.Text, allowed, permAll)
	}
}

func (c *call) answerByUpdate(i *interaction, ch *channel, data *form) (*Message, *apiError) {
	in := c.readMessage(data)
	m := c.w.live(ch.ID, i.MessageID)
	if m == nil {
		return nil, errUnknownMessage
	}
	_, err := c.applyEdit(ch, m, &in, onlyUsers())
	return m, err
}

// publishAnswer posts the message of a callback, unless it was there before.
func (s *Server) publishAnswer(ch *channel, i *interaction, m *Message) {
	switch {
	case s.world.Messages[m.ID] != nil: // an update
	case m.OnlyFor != "":
		s.place(ch, m)
	default:
		s.post(ch, m)
	}
}
