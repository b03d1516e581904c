package telegram

import (
	"math"
	"time"
)

// limiter does the accounting of one bot. Server.mu guards it.
type limiter struct {
	budget Budget
	bot    *bucket
	chats  map[int64]*chatLimit
	frozen freeze // of the whole bot, by an injected 429
	denied int
	broken int
}

// chatLimit is the state of one chat.
type chatLimit struct {
	spent     []time.Time // units inside the window, oldest first
	recent    []time.Time // units of the last second
	second    *bucket
	reactions *bucket
	actions   *bucket
	frozen    freeze
	report    ChatLimits
}

// freeze is a retry_after in force.
type freeze struct {
	until     time.Time
	announced time.Time // the machine's time from which the client knows; zero until the 429 is written
}

// bucket is a token bucket.
type bucket struct {
	rate   float64
	burst  float64
	tokens float64
	at     time.Time
}

// Limits is the report of the accounting.
type Limits struct {
	Denied     int                  `json:"denied"`     // answered 429, injected ones included
	Violations int                  `json:"violations"` // sent inside a retry_after that the client had been told of
	Chats      map[int64]ChatLimits `json:"chats"`
}

// ChatLimits is the report of one chat. A unit is a send, an edit, a new topic, or one item of an album.
type ChatLimits struct {
	Units      int       `json:"units"`      // accepted since the last reset
	InWindow   int       `json:"inWindow"`   // accepted in the present window
	Peak       int       `json:"peak"`       // most units in any window
	PeakSecond int       `json:"peakSecond"` // most units in any second
	Denied     int       `json:"denied"`
	Violations int       `json:"violations"`
	FrozenTill time.Time `json:"frozenTill,omitzero"`
}

func newLimiter(b Budget) *limiter {
	return &limiter{
		budget: b, bot: newBucket(b.BotRate, b.BotBurst), chats: map[int64]*chatLimit{},
	}
}

func newBucket(rate float64, burst int) *bucket {
	return &bucket{rate: rate, burst: float64(burst), tokens: float64(burst)}
}

// wait is how long until n tokens are there; 0 if they are.
func (b *bucket) wait(now time.Time, n float64) time.Duration {
	if !b.at.IsZero() {
		b.tokens = math.Min(b.burst, b.tokens+b.rate*now.Sub(b.at).Seconds())
	}
	b.at = now
	n = math.Min(n, b.burst)
	if b.tokens >= n-1e-9 {
		return 0
	}
	return time.Duration((n - b.tokens) / b.rate * float64(time.Second))
}

func (b *bucket) take(n float64) { b.tokens -= math.Min(n, b.burst) }

func (l *limiter) chat(id int64) *chatLimit {
	c := l.chats[id]
	if c == nil {
		b := l.budget
		c = &chatLimit{
			second:    newBucket(b.ChatRate, b.ChatBurst),
			reactions: newBucket(b.ReactionRate, b.ReactionBurst),
			actions:   newBucket(b.ActionRate, b.ActionBurst),
		}
		l.chats[id] = c
	}
	return c
}

func (l *limiter) report(now time.Time) Limits {
	out := Limits{Denied: l.denied, Violations: l.broken, Chats: map[int64]ChatLimits{}}
	for id, c := range l.chats {
		c.prune(now, l.budget.GroupWindow)
		r := c.report
		r.InWindow = len(c.spent)
		if c.frozen.until.After(now) {
			r.FrozenTill = c.frozen.until
		}
		out.Chats[id] = r
	}
	return out
}

func (c *chatLimit) prune(now time.Time, window time.Duration) {
	c.spent = after(c.spent, now.Add(-window))
	c.recent = after(c.recent, now.Add(-time.Second))
}

func after(times []time.Time, edge time.Time) []time.Time {
	i := 0
	for i < len(times) && !times[i].After(edge) {
		i++
	}
	return times[i:]
}
