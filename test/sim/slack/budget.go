package slack

import "time"

// Budget holds the limits that the simulator enforces. Zero fields take the defaults of DefaultBudget. The tiers are the
// vendor's (https://docs.slack.dev/apis/web-api/rate-limits), the rest is pessimistic on purpose.
type Budget struct {
	Off bool `json:"off"` // account, report violations, but refuse nothing

	Tier1 int `json:"tier1"` // per minute, method and workspace
	Tier2 int `json:"tier2"`
	Tier3 int `json:"tier3"`
	Tier4 int `json:"tier4"`
	// Special is for methods with "special" limits: auth.test, chat.getPermalink, assistant.threads.setStatus.
	Special int `json:"special"`
	// Burst is what a tier tolerates beyond its number: so many times the number fit in one minute.
	Burst float64 `json:"burst"`

	ChannelRate  float64 `json:"channelRate"` // chat.postMessage, per second and channel
	ChannelBurst int     `json:"channelBurst"`
	PostLimit    int     `json:"postLimit"` // chat.postMessage, per minute and workspace

	WebhookRate  float64 `json:"webhookRate"` // incoming webhooks, per second
	WebhookBurst int     `json:"webhookBurst"`

	EventLimit  int           `json:"eventLimit"` // event deliveries …
	EventWindow time.Duration `json:"eventWindowNs"`

	MinRetryAfter time.Duration `json:"minRetryAfterNs"` // no Retry-After is shorter
}

// DefaultBudget is 1, 20, 50 and 100 a minute with a tenth on top, 600 for special methods, one chat.postMessage a second and channel
// (burst 4) and 300 a minute, one incoming webhook a second, 30,000 events an hour, and never a Retry-After under 1 s.
func DefaultBudget() Budget {
	return Budget{
		Tier1: 1, Tier2: 20, Tier3: 50, Tier4: 100, Special: 600, Burst: 1.1,
		ChannelRate: 1, ChannelBurst: 4, PostLimit: 300, WebhookRate: 1, WebhookBurst: 4,
		EventLimit: 30_000, EventWindow: time.Hour, MinRetryAfter: time.Second,
	}
}

func (b Budget) withDefaults() Budget {
	d := DefaultBudget()
	orDefault(&b.Tier1, d.Tier1)
	orDefault(&b.Tier2, d.Tier2)
	orDefault(&b.Tier3, d.Tier3)
	orDefault(&b.Tier4, d.Tier4)
	orDefault(&b.Special, d.Special)
	orDefault(&b.Burst, d.Burst)
	orDefault(&b.ChannelRate, d.ChannelRate)
	orDefault(&b.ChannelBurst, d.ChannelBurst)
	orDefault(&b.PostLimit, d.PostLimit)
	orDefault(&b.WebhookRate, d.WebhookRate)
	orDefault(&b.WebhookBurst, d.WebhookBurst)
	orDefault(&b.EventLimit, d.EventLimit)
	orDefault(&b.EventWindow, d.EventWindow)
	orDefault(&b.MinRetryAfter, d.MinRetryAfter)
	return b
}
