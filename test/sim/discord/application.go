package discord

import (
	"slices"
)

// Application flags that tell which privileged intents are on, for an application that is in few guilds.
const (
	flagMembersLimited = 1 << 15
	flagContentLimited = 1 << 19
)

type wireApplication struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Icon        *string  `json:"icon"`
	Description string   `json:"description"`
	BotPublic   bool     `json:"bot_public"`
	CodeGrant   bool     `json:"bot_require_code_grant"`
	Bot         wireUser `json:"bot"`
	VerifyKey   string   `json:"verify_key"`
	Flags       int      `json:"flags"`
	Endpoint    *string  `json:"interactions_endpoint_url"`
	Tags        []string `json:"tags"`
}

func (w *world) appFlags() (flags int) {
	if !slices.Contains(w.App.Blocked, "MESSAGE_CONTENT") {
		flags |= flagContentLimited
	}
	if !slices.Contains(w.App.Blocked, "GUILD_MEMBERS") {
		flags |= flagMembersLimited
	}
	return flags
}

func (s *Server) wireApplication() wireApplication {
	w := s.world
	out := wireApplication{
		ID: w.App.ID, Name: w.bot().Name, Bot: w.bot().wire(), VerifyKey: s.PublicKey(), Flags: w.appFlags(), BotPublic: true,
		Tags: []string{},
	}
	if w.App.Endpoint != "" {
		endpoint := w.App.Endpoint
		out.Endpoint = &endpoint
	}
	return out
}

func (c *call) getApplication() (any, *apiError) { return c.s.wireApplication(), nil }

// editApplication sets the interactions endpoint, if it verifies. The lock is let go while it is asked.
func (c *call) editApplication() (any, *apiError) {
	_, touches := c.form.raw["interactions_endpoint_url"]
	url, _ := c.form.text("interactions_endpoint_url", 512)
	c.form.ignore("description", "icon", "tags", "flags")
	if err := c.form.err(); err != nil {
		return nil, err
	}
	if touches {
		c.s.mu.Unlock()
		err := c.s.SetInteractionsEndpoint(c.r.Context(), url)
		c.s.mu.Lock()
		if err != nil {
			c.form.fail("interactions_endpoint_url", "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID",
				"The specified interactions endpoint url could not be verified.")
			return nil, c.form.err()
		}
	}
	return c.s.wireApplication(), nil
}

type wireGateway struct {
	URL    string           `json:"url"`
	Shards int              `json:"shards,omitempty"`
	Limit  *wireStartsLimit `json:"session_start_limit,omitempty"`
}

type wireStartsLimit struct {
	Total          int   `json:"total"`
	Remaining      int   `json:"remaining"`
	ResetAfter     int64 `json:"reset_after"` // milliseconds
	MaxConcurrency int   `json:"max_concurrency"`
}

func (c *call) getGateway() (any, *apiError) { return wireGateway{URL: c.s.GatewayURL()}, nil }

func (c *call) getGatewayBot() (any, *apiError) {
	l := c.s.limits
	return wireGateway{URL: c.s.GatewayURL(), Shards: 1, Limit: &wireStartsLimit{
		Total: l.budget.Starts.Limit, Remaining: max(0, l.budget.Starts.Limit-l.starts.Used(c.now)),
		ResetAfter: l.starts.Reset(c.now).Milliseconds(), MaxConcurrency: l.budget.Identify.Limit,
	}}, nil
}
