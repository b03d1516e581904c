package webhook

import (
	"math/rand/v2"
	"time"
)

// delays between the attempts of one event: Standard Webhooks' recommendation, 75 hours and a half in all.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
var delays = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour,
	24 * time.Hour,
}

const (
	// maxJitter is how much longer than its delay an attempt may wait, as a part of it. It only lengthens: the last attempt must
	// not come before the receiver has had all of its time.
	maxJitter = 0.1
	// maxRetryAfter bounds what a receiver may ask for.
	maxRetryAfter = 24 * time.Hour
)

// nextDelay is how long after an event's failed attempt, counted from 1, the next is due; false when there is none.
func nextDelay(failed int, asked time.Duration) (time.Duration, bool) {
	if failed > len(delays) {
		return 0, false
	}
	delay := delays[max(failed, 1)-1]
	delay += time.Duration(rand.Float64() * maxJitter * float64(delay))
	return max(delay, min(asked, maxRetryAfter)), true
}

// Clock is time as the engine sees it.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f in a goroutine of its own once d has passed, unless stop was called before.
	AfterFunc(d time.Duration, f func()) (stop func())
}

// Wall is the clock on the wall.
func Wall() Clock { return wallClock{} }

type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

func (wallClock) AfterFunc(d time.Duration, f func()) (stop func()) {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}
