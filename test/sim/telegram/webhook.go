package telegram

import (
	"regexp"
	"slices"
	"time"
)

const (
	defaultConnections = 40
	maxConnections     = 100
)

var (
	secretShape  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
	webhookPorts = []string{"", "443", "80", "88", "8443"}
)

// hookState is the registered webhook as getWebhookInfo tells of it.
type hookState struct {
	URL            string
	Secret         string
	MaxConnections int
	IPAddress      string
	HasCertificate bool
	LastErrorAt    time.Time
	LastError      string
	GoneSince      time.Time // since when it answers 410 and nothing else
}

func (h *hookState) fail(now time.Time, d Delivery) {
	h.LastErrorAt, h.LastError = now, d.Error
	if d.Error == "" {
		h.LastError = "Wrong response from the webhook: " + statusLine(d.Status)
	}
	switch {
	case d.Status != 410:
		h.GoneSince = time.Time{}
	case h.GoneSince.IsZero():
		h.GoneSince = now
	}
}

func (h *hookState) goneFor(now time.Time) time.Duration {
	if h.GoneSince.IsZero() {
		return 0
	}
	return now.Sub(h.GoneSince)
}

func (c *call) setWebhook() (any, *apiError) {
	raw := c.p.values["url"]
	if raw == "" {
		return c.deleteWebhook()
	}
	state, err := c.hookFrom(raw)
	if err != nil {
		return nil, err
	}
	if err := c.s.allowUpdates(c.p); err != nil {
		return nil, err
	}
	s := c.s
	if c.flag("drop_pending_updates") {
		s.world.Pending = nil
	}
	c.note = "Webhook was set"
	if old := s.world.Hook; old.URL == state.URL && old.Secret == state.Secret && old.MaxConnections == state.MaxConnections {
		c.note = "Webhook is already set"
		return true, nil
	}
	s.endPoll("terminated by setWebhook request")
	s.world.Hook = state
	s.startHook()
	return true, nil
}

// hookFrom checks setWebhook's arguments.
func (c *call) hookFrom(raw string) (hookState, *apiError) {
	none := hookState{}
	u, ok := hookHost(raw)
	if !ok {
		return none, badRequest("bad webhook: invalid URL specified")
	}
	relaxed := isLoopback(u.Hostname()) && !c.s.opts.StrictPorts
	switch {
	case !relaxed && u.Scheme != "https":
		return none, badRequest("bad webhook: An HTTPS URL must be provided for webhook")
	case !relaxed && !slices.Contains(webhookPorts, u.Port()):
		return none, badRequest("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	case !isLoopback(u.Hostname()):
		return none, badRequest("bad webhook: Failed to resolve host: the simulator delivers to loopback only")
	}
	secret := c.p.values["secret_token"]
	if secret != "" && !secretShape.MatchString(secret) {
		return none, badRequest("secret token contains unallowed characters")
	}
	limit, err := c.p.int("max_connections")
	if err != nil {
		return none, err
	}
	orDefault(&limit, defaultConnections)
	c.s.logHook(u)
	return hookState{
		URL: u.String(), Secret: secret, MaxConnections: int(min(max(limit, 1), maxConnections)),
		IPAddress: c.p.values["ip_address"], HasCertificate: len(c.p.files["certificate"].Data) > 0,
	}, nil
}

func (c *call) deleteWebhook() (any, *apiError) {
	s := c.s
	if c.flag("drop_pending_updates") {
		s.world.Pending = nil
	}
	c.note = "Webhook is already deleted"
	if s.world.Hook.URL != "" {
		c.note = "Webhook was deleted"
	}
	s.world.Hook = hookState{}
	s.startHook()
	return true, nil
}

type webhookInfo struct {
	URL            string   `json:"url"`
	HasCertificate bool     `json:"has_custom_certificate"`
	Pending        int      `json:"pending_update_count"`
	IPAddress      string   `json:"ip_address,omitempty"`
	LastErrorDate  int64    `json:"last_error_date,omitempty"`
	LastError      string   `json:"last_error_message,omitempty"`
	MaxConnections int      `json:"max_connections,omitempty"`
	Allowed        []string `json:"allowed_updates,omitempty"`
}

func (c *call) getWebhookInfo() (any, *apiError) {
	c.s.expire()
	h := c.s.world.Hook
	info := webhookInfo{
		URL: h.URL, HasCertificate: h.HasCertificate, Pending: len(c.s.world.Pending), IPAddress: h.IPAddress,
		LastError: h.LastError, MaxConnections: h.MaxConnections, Allowed: c.s.world.Allowed,
	}
	if !h.LastErrorAt.IsZero() {
		info.LastErrorDate = h.LastErrorAt.Unix()
	}
	if h.URL != "" && info.IPAddress == "" {
		info.IPAddress = "127.0.0.1"
	}
	return info, nil
}
