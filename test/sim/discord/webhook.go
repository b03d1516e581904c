package discord

import (
	"strings"
)

// webhook is a channel's incoming webhook, of the application unless a person made it.
type webhook struct {
	ID, Token, Name, ChannelID string
	Deleted, Told, ByHand      bool // Told: somebody got a 404 for it
}

type wireWebhook struct {
	ID            string    `json:"id"`
	Type          int       `json:"type"`
	GuildID       string    `json:"guild_id"`
	ChannelID     string    `json:"channel_id"`
	Name          string    `json:"name"`
	Avatar        *string   `json:"avatar"`
	Token         string    `json:"token"`
	ApplicationID *string   `json:"application_id"`
	User          *wireUser `json:"user,omitempty"`
}

func (w *world) wireWebhook(h *webhook) wireWebhook {
	out := wireWebhook{ID: h.ID, Type: 1, GuildID: w.Guild.ID, ChannelID: h.ChannelID, Name: h.Name, Token: h.Token}
	if !h.ByHand {
		user, app := w.bot().wire(), w.App.ID
		out.User, out.ApplicationID = &user, &app
	}
	return out
}

// badFace says whether a webhook may not be called so.
func badFace(name string) bool {
	lower := strings.ToLower(name)
	return strings.Contains(lower, "clyde") || strings.Contains(lower, "discord")
}

func (c *call) createWebhook() (any, *apiError) {
	name, _ := c.form.name("name", maxWebhookName, true)
	c.form.ignore("avatar")
	if badFace(name) {
		c.form.fail("name", "USERNAME_INVALID_CONTAINS", `Username cannot contain "clyde" or "discord"`)
	}
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	if err := c.form.err(); err != nil {
		return nil, err
	}
	if ch.isThread() {
		return nil, errWrongChannelType
	}
	if err := c.need(ch, permManageWebhooks); err != nil {
		return nil, err
	}
	return c.w.wireWebhook(c.s.newWebhook(name, ch.ID)), nil
}

func (c *call) getWebhooks() (any, *apiError) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	if err := c.need(ch, permManageWebhooks); err != nil {
		return nil, err
	}
	out := []wireWebhook{}
	for _, h := range c.w.Webhooks {
		if h.ChannelID == ch.ID && !h.Deleted {
			out = append(out, c.w.wireWebhook(h))
		}
	}
	return out, nil
}

// getWebhook is a webhook as its own token shows it.
func (c *call) getWebhook() (any, *apiError) {
	h, _, err := c.webhook()
	if err != nil {
		return nil, err
	}
	out := c.w.wireWebhook(h)
	out.User = nil
	return out, nil
}

func (c *call) deleteWebhook() (any, *apiError) {
	h := c.w.Webhooks[c.r.PathValue("webhook")]
	if h == nil || h.Deleted {
		return nil, errUnknownWebhook
	}
	if err := c.need(c.w.Channels[h.ChannelID], permManageWebhooks); err != nil {
		return nil, err
	}
	h.Deleted = true
	return nil, nil
}

// webhook finds the webhook of the path, by its token.
func (c *call) webhook() (*webhook, *channel, *apiError) {
	h := c.w.Webhooks[c.r.PathValue("webhook")]
	if h == nil {
		return nil, nil, errUnknownWebhook
	}
	ch := c.w.Channels[h.ChannelID]
	if h.Deleted || ch == nil || ch.Deleted {
		if h.Told {
			c.warn("a webhook is used after its 404")
		}
		h.Told = true
		return nil, nil, errUnknownWebhook
	}
	if h.Token != c.r.PathValue("token") {
		return nil, nil, errWebhookToken
	}
	return h, ch, nil
}

// webhookThread finds the thread of ?thread_id=; the webhook's own channel without it.
func (c *call) webhookThread(parent *channel) (*channel, *apiError) {
	id := c.r.URL.Query().Get("thread_id")
	if id == "" {
		return parent, nil
	}
	t := c.w.Channels[id]
	if t == nil || t.Deleted || t.ParentID != parent.ID {
		return nil, errUnknownChannel
	}
	return t, nil
}

const secretLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// secret is a token of n characters, from the seed. The caller holds mu.
func (s *Server) secret(n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = secretLetters[s.rng.Intn(len(secretLetters))]
	}
	return string(out)
}
