package discord

import "time"

// Rate is Limit calls in each window of Per.
type Rate struct {
	Limit int           `json:"limit"`
	Per   time.Duration `json:"perNs"`
}

// Budget holds the limits that the simulator enforces. Zero fields take the defaults of DefaultBudget. Discord
// promises none of these numbers but the global one; a client reads them from the headers.
type Budget struct {
	Off bool `json:"off"` // account, report violations, but refuse nothing

	Global Rate `json:"global"` // all calls of the bot but answers to interactions

	Create   Rate `json:"create"`   // messages, per channel
	Edit     Rate `json:"edit"`     // per channel
	Delete   Rate `json:"delete"`   // per channel
	Reaction Rate `json:"reaction"` // per channel
	Typing   Rate `json:"typing"`   // per channel
	Thread   Rate `json:"thread"`   // new threads, per parent channel; of shared scope
	Rename   Rate `json:"rename"`   // per channel; no header tells of it
	OldEdit  Rate `json:"oldEdit"`  // of messages older than an hour, per channel; no header tells of it
	Webhook  Rate `json:"webhook"`  // per webhook
	Minute   Rate `json:"minute"`   // per webhook, on top; no header tells of it
	Other    Rate `json:"other"`    // each other route, per channel, guild or webhook

	Identify  Rate          `json:"identify"`  // one start of a session in 5 s
	Starts    Rate          `json:"starts"`    // starts a day; more reset the token
	Sends     Rate          `json:"sends"`     // payloads on one gateway connection; more close it with 4008
	Invalid   Rate          `json:"invalid"`   // answers 401, 403, 429 that are not of shared scope …
	BlockFor  time.Duration `json:"blockNs"`   // … before everything is answered with an HTML page, for so long
	Reactions int           `json:"reactions"` // different emoji on one message
}

// DefaultBudget is what docs and reports say, and a pessimistic guess where they say nothing.
func DefaultBudget() Budget {
	return Budget{
		Global: Rate{50, time.Second},
		Create: Rate{5, 5 * time.Second}, Edit: Rate{5, 5 * time.Second}, Delete: Rate{5, time.Second},
		Reaction: Rate{1, 250 * time.Millisecond}, Typing: Rate{5, 5 * time.Second},
		Thread: Rate{5, time.Minute}, Rename: Rate{2, 10 * time.Minute}, OldEdit: Rate{10, time.Hour},
		Webhook: Rate{5, 2 * time.Second}, Minute: Rate{30, time.Minute}, Other: Rate{30, time.Second},
		Identify: Rate{1, 5 * time.Second}, Starts: Rate{1000, 24 * time.Hour}, Sends: Rate{120, time.Minute},
		Invalid: Rate{10000, 10 * time.Minute}, BlockFor: 10 * time.Minute, Reactions: 20,
	}
}

func (b Budget) withDefaults() Budget {
	d := DefaultBudget()
	for field, value := range map[*Rate]Rate{
		&b.Global: d.Global, &b.Create: d.Create, &b.Edit: d.Edit, &b.Delete: d.Delete, &b.Reaction: d.Reaction,
		&b.Typing: d.Typing, &b.Thread: d.Thread, &b.Rename: d.Rename, &b.OldEdit: d.OldEdit, &b.Webhook: d.Webhook, &b.Minute: d.Minute,
		&b.Other: d.Other, &b.Identify: d.Identify, &b.Starts: d.Starts, &b.Sends: d.Sends, &b.Invalid: d.Invalid,
	} {
		orDefault(field, value)
	}
	orDefault(&b.BlockFor, d.BlockFor)
	orDefault(&b.Reactions, d.Reactions)
	return b
}
