package discord

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Scopes of a refusal with 429.
const (
	// ScopeUser: this bot has used up what the route allows it.
	ScopeUser = "user"
	// ScopeGlobal: the bot, whatever the route.
	ScopeGlobal = "global"
	// ScopeShared: everybody together has used up what the channel allows. It is nobody's fault and is not counted as an invalid request.
	ScopeShared = "shared"
)

// Rate is what one answer tells of a limit. https://discord.com/developers/docs/topics/rate-limits
type Rate struct {
	// Call is the route: limits of different routes are different, even if they share a Bucket.
	Call string
	// Resource is the channel, server or webhook that it is counted by.
	Resource string
	// Bucket is Discord's name for the limit; empty when the answer had none of these headers.
	Bucket string
	// Limit is how many calls fit into a window, and Remaining how many are left of it.
	Limit, Remaining int
	// ResetAfter is when the window ends, from now on.
	ResetAfter time.Duration
	// Limited: the call was refused with 429. Then RetryAfter and Scope are set.
	Limited    bool
	RetryAfter time.Duration
	Scope      string
}

// readRate reads the headers. What is missing or no number is zero.
func readRate(r request, resp *http.Response) Rate {
	h := resp.Header
	rate := Rate{
		Call: r.name(), Bucket: h.Get("X-RateLimit-Bucket"), Limit: count(h.Get("X-RateLimit-Limit")),
		Remaining: count(h.Get("X-RateLimit-Remaining")), ResetAfter: seconds(h.Get("X-RateLimit-Reset-After")),
		Limited: resp.StatusCode == http.StatusTooManyRequests,
	}
	if len(r.args) > 0 {
		rate.Resource = r.args[0]
	}
	if rate.Limited {
		rate.Scope = ScopeUser
		switch scope := strings.ToLower(h.Get("X-RateLimit-Scope")); {
		case h.Get("X-RateLimit-Global") == "true":
			rate.Scope = ScopeGlobal
		case scope == ScopeShared || scope == ScopeGlobal:
			rate.Scope = scope
		}
		rate.RetryAfter = pause(seconds(h.Get("Retry-After")))
	}
	return rate
}

func count(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// longest bounds a pause: more would be a mistake, and would overflow before long.
const longest = 24 * time.Hour

// seconds reads a number of seconds with a fraction; 0 for anything else.
func seconds(s string) time.Duration {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		return 0
	}
	return duration(n)
}

func duration(n float64) time.Duration {
	if math.IsNaN(n) || n <= 0 {
		return 0
	}
	if n >= longest.Seconds() {
		return longest
	}
	// Rounded up: a pause that is a moment too short is refused again.
	return time.Duration(math.Ceil(n*1000)) * time.Millisecond
}

// pause is d, or a second where nothing was said.
func pause(d time.Duration) time.Duration {
	if d <= 0 {
		return time.Second
	}
	return d
}
