package quota

import (
	"math"
	"time"
)

// Bucket is a token bucket that begins full. Build it with NewBucket.
type Bucket struct {
	rate, burst, tokens float64
	at                  time.Time
}

// NewBucket fills at rate tokens a second up to burst.
func NewBucket(rate float64, burst int) *Bucket {
	return &Bucket{rate: rate, burst: float64(burst), tokens: float64(burst)}
}

// Wait is how long until n tokens are there; 0 if they are. More than the burst counts as the burst.
func (b *Bucket) Wait(now time.Time, n float64) time.Duration {
	if !b.at.IsZero() {
		b.tokens = math.Min(b.burst, b.tokens+b.rate*now.Sub(b.at).Seconds())
	}
	b.at = now
	n = math.Min(n, b.burst)
	if b.tokens >= n-1e-9 {
		return 0
	}
	return time.Duration(math.Ceil((n - b.tokens) / b.rate * float64(time.Second)))
}

// Take spends n tokens.
func (b *Bucket) Take(n float64) { b.tokens -= math.Min(n, b.burst) }
