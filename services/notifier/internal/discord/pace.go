package discord

import (
	"context"
	"errors"
	"time"

	"golang.org/x/time/rate"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

// margin covers the clocks and the ways that differ.
const margin = 100 * time.Millisecond

// Limits are what a thread allows until Discord says otherwise.
func Limits(cfg api.Config) pace.Limits {
	return pace.Limits{Units: cfg.MessagesPer5s, Window: 5 * time.Second, Margin: margin}
}

// paced are the calls that a lane makes one after another: when one of their limits is used up, the lane waits.
var paced = map[string]bool{
	"POST /channels/{channel}/messages":                     true,
	"PATCH /channels/{channel}/messages/{message}":          true,
	"DELETE /channels/{channel}/messages/{message}":         true,
	"POST /channels/{channel}/threads":                      true,
	"POST /webhooks/{webhook}/{token}":                      true,
	"PATCH /webhooks/{webhook}/{token}/messages/{message}":  true,
	"DELETE /webhooks/{webhook}/{token}/messages/{message}": true,
}

// heed waits as the headers of a success ask for: a call beyond the limit would be refused, and refusals are counted.
func heed(freeze func(account string, d time.Duration)) func(api.Rate) {
	return func(r api.Rate) {
		if !r.Limited && r.Limit > 0 && r.Remaining == 0 && r.ResetAfter > 0 && paced[r.Call] {
			freeze(r.Resource, r.ResetAfter)
		}
	}
}

// longestQueue is how long a call waits for the bot's own limit. Beyond it the lane is told to come back.
const longestQueue = time.Second

var errBudget = errors.New("the bot's own limit of requests is used up")

// gate keeps the calls of all lanes together within what one bot may do. A tenth is left for the inbound service.
type gate struct{ limit *rate.Limiter }

func newGate(cfg api.Config) gate {
	if cfg.GlobalPerSecond <= 0 {
		return gate{rate.NewLimiter(rate.Inf, 1)}
	}
	n := max(1, cfg.GlobalPerSecond*9/10)
	return gate{rate.NewLimiter(rate.Limit(n), max(1, n/5))}
}

// pass waits for one call's turn.
func (g gate) pass(ctx context.Context) error {
	turn := g.limit.Reserve()
	wait := turn.Delay()
	if wait > longestQueue {
		turn.Cancel()
		return &deliver.Failure{Kind: deliver.RateLimited, After: wait, Err: errBudget}
	}
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return &deliver.Failure{Kind: deliver.RateLimited, Err: ctx.Err()}
	}
}
