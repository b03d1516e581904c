package discord

import "context"

// Webhook is an incoming webhook of the operators' channel that a person made in its settings.
type Webhook struct {
	ID    string `json:"id"`
	Token string `json:"token"`
	// URL is what a person copies from the settings: …/api/webhooks/<id>/<token>. The calls themselves are under Server.URL().
	URL string `json:"url"`
}

// CreateWebhook makes a webhook by hand. It does not belong to the application, so that buttons in its messages are dropped.
func (s *Server) CreateWebhook(ctx context.Context, name string) (Webhook, error) {
	var made Webhook
	err := s.locked(ctx, func() error {
		if s.world.home().Deleted {
			return ErrNoThread
		}
		if name == "" || badFace(name) {
			return ErrEmptyText
		}
		h := s.newWebhook(name, s.world.Home)
		h.ByHand = true
		made = Webhook{ID: h.ID, Token: h.Token, URL: s.url + "/api/webhooks/" + h.ID + "/" + h.Token}
		return nil
	})
	return made, err
}

// DeleteWebhook removes a webhook; whoever uses it is told 10015.
func (s *Server) DeleteWebhook(ctx context.Context, id string) error {
	return s.locked(ctx, func() error {
		h := s.world.Webhooks[id]
		if h == nil || h.Deleted {
			return ErrNoWebhook
		}
		h.Deleted = true
		return nil
	})
}

// newWebhook makes a webhook of a channel. The caller holds mu.
func (s *Server) newWebhook(name, channelID string) *webhook {
	h := &webhook{ID: s.world.newID(s.clock.Now()), Token: s.secret(68), Name: name, ChannelID: channelID}
	s.world.Webhooks[h.ID] = h
	return h
}
