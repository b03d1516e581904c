package discord

import (
	"fmt"
	"hash/fnv"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/quota"
)

// limiter does the accounting of the bot. Server.mu guards it.
type limiter struct {
	budget  Budget
	global  *quota.Fixed
	frozen  quota.Freeze // of everything, by a 429 of global scope
	buckets map[string]*bucket
	invalid *quota.Window
	blocked time.Time // until when everything is answered with a page
	starts  *quota.Window
	denied  int
	broken  int
}

// bucket is one rate limit of one resource. The first window is told in headers, the others are not.
type bucket struct {
	name, resource string
	windows        []*quota.Fixed
	frozen         quota.Freeze
	scope          string // of its 429s: user or shared
	hidden         bool   // no header tells of any of its windows
	denied, broken int
}

// Limits is the report of the accounting.
type Limits struct {
	Denied     int                     `json:"denied"`     // answered 429, injected ones included
	Violations int                     `json:"violations"` // sent inside a retry-after that the client had been told of
	Invalid    int                     `json:"invalid"`    // answers 401, 403 and 429 in the present window
	Blocked    bool                    `json:"blocked"`    // for too many of them
	GlobalPeak int                     `json:"globalPeak"` // most calls in any second
	Buckets    map[string]BucketLimits `json:"buckets"`    // by "<bucket> <channel or webhook>", as "create 1440…"
}

// BucketLimits is the report of one bucket.
type BucketLimits struct {
	Limit      int       `json:"limit"`
	Used       int       `json:"used"` // in the present window
	Peak       int       `json:"peak"` // most in any window
	Denied     int       `json:"denied"`
	Violations int       `json:"violations"`
	FrozenTill time.Time `json:"frozenTill,omitzero"`
}

func newLimiter(b Budget) *limiter {
	return &limiter{
		budget: b, global: fixed(b.Global), buckets: map[string]*bucket{},
		invalid: &quota.Window{Limit: b.Invalid.Limit, Per: b.Invalid.Per},
		starts:  &quota.Window{Limit: b.Starts.Limit, Per: b.Starts.Per},
	}
}

func fixed(r Rate) *quota.Fixed { return &quota.Fixed{Limit: r.Limit, Per: r.Per} }

// Names of buckets.
const (
	bucketNone     = "" // outside of all limits: answers to interactions
	bucketCreate   = "create"
	bucketEdit     = "edit"
	bucketDelete   = "delete"
	bucketReaction = "reaction"
	bucketTyping   = "typing"
	bucketThread   = "thread"
	bucketRename   = "rename"
	bucketOldEdit  = "old edit"
	bucketWebhook  = "webhook"
	bucketOther    = "other "
)

func (l *limiter) bucket(name, resource string) *bucket {
	key := name + " " + resource
	if b := l.buckets[key]; b != nil {
		return b
	}
	b := &bucket{name: name, resource: resource, scope: "user"}
	rates := map[string][]Rate{
		bucketCreate: {l.budget.Create}, bucketEdit: {l.budget.Edit}, bucketDelete: {l.budget.Delete},
		bucketReaction: {l.budget.Reaction}, bucketTyping: {l.budget.Typing}, bucketThread: {l.budget.Thread},
		bucketRename: {l.budget.Rename}, bucketOldEdit: {l.budget.OldEdit},
		bucketWebhook: {l.budget.Webhook, l.budget.Minute},
	}[name]
	if rates == nil {
		rates = []Rate{l.budget.Other}
	}
	for _, r := range rates {
		b.windows = append(b.windows, fixed(r))
	}
	b.hidden = name == bucketRename || name == bucketOldEdit
	if name == bucketThread {
		b.scope = "shared"
	}
	l.buckets[key] = b
	return b
}

// hash is the bucket's id in headers: stable per route, the same for all resources.
func (b *bucket) hash() string {
	h := fnv.New128a()
	fmt.Fprint(h, "bellhop simulator ", b.name)
	return fmt.Sprintf("%x", h.Sum(nil))
}

func (l *limiter) report(now time.Time) Limits {
	out := Limits{
		Denied: l.denied, Violations: l.broken, Invalid: l.invalid.Used(now), Blocked: l.blocked.After(now),
		GlobalPeak: l.global.Peak(), Buckets: map[string]BucketLimits{},
	}
	for key, b := range l.buckets {
		first := b.windows[0]
		r := BucketLimits{
			Limit: first.Limit, Used: first.Used(now), Peak: first.Peak(), Denied: b.denied, Violations: b.broken,
		}
		if b.frozen.Left(now) > 0 {
			r.FrozenTill = b.frozen.Until
		}
		out.Buckets[key] = r
	}
	return out
}
