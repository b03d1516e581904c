package discord

func (c *call) executeWebhook() (any, *apiError) {
	if c.r.PathValue("webhook") == c.w.App.ID {
		return c.followUp()
	}
	h, parent, err := c.webhook()
	if err != nil {
		return nil, err
	}
	in := c.readMessage(c.form)
	if h.ByHand && in.hasComponents {
		c.warn("components of a webhook that is not the application's are dropped")
		in.components, in.buttons = nil, nil
	}
	face, _ := c.form.name("username", maxWebhookName, false)
	if badFace(face) {
		c.form.fail("username", "USERNAME_INVALID_CONTAINS", `Username cannot contain "clyde" or "discord"`)
	}
	name, named := c.form.name("thread_name", maxThreadName, false)
	tags := c.readTags(c.form, parent)
	c.form.ignore("avatar_url")
	if err := c.check(&in); err != nil {
		return nil, err
	}
	orDefault(&face, h.Name)
	wait := c.r.URL.Query().Get("wait") == "true"
	ch, err := c.webhookTarget(h, parent, name, named, tags)
	if err != nil {
		return c.silently(wait, err)
	}
	m := c.composeFace(ch, &in, h, face)
	if named {
		ch = c.s.openThread(parent, m.ID, name, defaultArchive(parent), m.Author)
		ch.Applied, m.ChannelID = tags, ch.ID
		for _, a := range m.Attachments {
			c.w.Files[a.ID].ChannelID = ch.ID
		}
		c.s.announceThread(ch)
	}
	c.s.post(ch, m)
	if !wait {
		return nil, nil
	}
	return c.s.wireMessage(m), nil
}

// silently answers 204 for a failure that nobody waits for.
func (c *call) silently(wait bool, err *apiError) (any, *apiError) {
	if wait {
		return nil, err
	}
	c.warn("a webhook's failure was silent, because wait is not set: " + err.Error())
	return nil, nil
}

// webhookTarget finds where a webhook's message goes; for a new post it is the forum.
func (c *call) webhookTarget(h *webhook, parent *channel, name string, named bool, tags []string) (*channel, *apiError) {
	ch, err := c.webhookThread(parent)
	if err != nil {
		return nil, err
	}
	threaded := ch != parent
	switch {
	case parent.Type == typeForum && threaded && named:
		return nil, errForumBoth
	case parent.Type == typeForum && !threaded && !named:
		return nil, errForumNeedsThread
	case parent.Type != typeForum && named:
		return nil, errThreadNotForum
	case named && parent.RequireTag && len(tags) == 0:
		return nil, errTagRequired
	case (named || ch.Archived) && c.w.activeThreads() >= c.s.opts.ActiveThreads:
		return nil, errTooManyThreads
	}
	return ch, nil
}

// composeFace builds a message under a webhook's face.
func (c *call) composeFace(ch *channel, in *messageInput, h *webhook, face string) *Message {
	m := c.compose(ch, in)
	m.Author = User{ID: h.ID, Username: face, Name: face, Bot: true}
	m.WebhookID, m.Nonce = h.ID, ""
	allowed := onlyUsers()
	if in.mentions != nil {
		allowed = *in.mentions
	}
	m.Mentioned, m.Notified = c.w.mentions(m.Text, allowed, permAll)
	return m
}

// webhookMessage finds a message that the path's token may change: the webhook's own, or one that answers the
// interaction.
func (c *call) webhookMessage() (*channel, *Message, *apiError) {
	if c.r.PathValue("webhook") == c.w.App.ID {
		return c.answerMessage()
	}
	h, parent, err := c.webhook()
	if err != nil {
		return nil, nil, err
	}
	ch, err := c.webhookThread(parent)
	if err != nil {
		return nil, nil, err
	}
	m := c.w.live(ch.ID, c.r.PathValue("message"))
	if m == nil || m.WebhookID != h.ID {
		return nil, nil, errUnknownMessage
	}
	return ch, m, nil
}

func (c *call) getWebhookMessage() (any, *apiError) {
	_, m, err := c.webhookMessage()
	if err != nil {
		return nil, err
	}
	return c.s.wireMessage(m), nil
}

func (c *call) editWebhookMessage() (any, *apiError) {
	in := c.readMessage(c.form)
	ch, m, err := c.webhookMessage()
	if err != nil {
		return nil, err
	}
	if ch.isThread() && ch.Archived && m.OnlyFor == "" {
		return nil, errArchived
	}
	m.Flags &^= flagLoading
	return c.applyEdit(ch, m, &in, onlyUsers())
}

func (c *call) deleteWebhookMessage() (any, *apiError) {
	ch, m, err := c.webhookMessage()
	if err != nil {
		return nil, err
	}
	c.s.remove(ch, m)
	return nil, nil
}
