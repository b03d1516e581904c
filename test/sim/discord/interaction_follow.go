package discord

import (
	"net/http"
)

// followUp is POST /webhooks/{application}/{token}: another message, or the deferred one.
func (c *call) followUp() (any, *apiError) {
	i, err := c.answered()
	if err != nil {
		return nil, err
	}
	in := c.readMessage(c.form)
	c.form.ignore("username", "avatar_url")
	if err := c.check(&in); err != nil {
		return nil, err
	}
	ch := c.w.Channels[i.ChannelID]
	i.FollowUps++
	if m := c.w.Messages[i.ResponseID]; m != nil && m.Flags&flagLoading != 0 {
		m.Flags &^= flagLoading
		return c.applyEdit(ch, m, &in, onlyUsers())
	}
	m := c.s.answering(i, ch, in.flags)
	c.fill(m, &in)
	c.s.publishAnswer(ch, i, m)
	c.status = http.StatusOK
	return c.s.wireMessage(m), nil
}

// answered finds the interaction of a follow-up's token.
func (c *call) answered() (*interaction, *apiError) {
	token := c.r.PathValue("token")
	for _, i := range c.w.Interactions {
		if i.Token != token {
			continue
		}
		switch {
		case c.now.Sub(i.At) >= tokenLasts:
			return nil, errWebhookToken
		case i.Answer == 0:
			return nil, errUnknownWebhook
		}
		return i, nil
	}
	return nil, errWebhookToken
}

// answerMessage finds a message of an interaction by its id or as @original.
func (c *call) answerMessage() (*channel, *Message, *apiError) {
	i, err := c.answered()
	if err != nil {
		return nil, nil, err
	}
	id := c.r.PathValue("message")
	if id == "@original" {
		id = i.ResponseID
	}
	m := c.w.live(i.ChannelID, id)
	if m == nil || m.Interaction != i.ID && m.ID != i.ResponseID {
		return nil, nil, errUnknownMessage
	}
	return c.w.Channels[i.ChannelID], m, nil
}
