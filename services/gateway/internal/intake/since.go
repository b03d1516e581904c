package intake

import "time"

const (
	// Margin is taken off the instant that a page names: it comes from the visitor's clock. What is sent twice is found by id, what is
	// not sent is lost.
	Margin = 2 * time.Minute
	// Fallback is how far back a page is answered whose clock is ahead of ours.
	Fallback = 15 * time.Minute
)

// Since reads the instant up to which a page knows its conversation, and answers from when on it is told it; false for what is no
// instant.
func Since(after string, now time.Time) (time.Time, bool) {
	since, err := time.Parse(time.RFC3339, after)
	if err != nil {
		return time.Time{}, false
	}
	if since.After(now) {
		since = now.Add(-Fallback)
	}
	since = since.Add(-Margin)
	if epoch := time.Unix(0, 0); since.Before(epoch) { // protobuf has no year 0
		since = epoch
	}
	return since, true
}
