package pusher

import "time"

const (
	// countsAtOnce is up to how many subscribers every change of their number is told at once; beyond, every countEvery.
	countsAtOnce = 100
	countEvery   = 5 * time.Second
)

// count is how many sockets are in a channel, over all gateways.
type count struct {
	version uint64
	sockets int64
	told    time.Time
	waiting bool
	// owed tells that somebody has come who was told of no number yet.
	owed bool
}

// counted notes how many there are, and tells them so where that is wanted. The room is locked.
func (r *room) counted(version uint64, sockets int64) {
	c := &r.count
	if version <= c.version {
		return
	}
	changed := sockets != c.sockets
	c.version, c.sockets = version, sockets
	if changed {
		r.tellSoon()
	}
}

// countedIn is counted by the answer to a report: whoever has come is told a number, although it is what it was because another has gone.
func (r *room) countedIn(version uint64, sockets int64) {
	r.counted(version, sockets)
	if r.count.owed {
		r.tellSoon()
	}
}

// tellSoon tells the number at once, or with others. The room is locked.
func (r *room) tellSoon() {
	c := &r.count
	if !r.counts() || c.waiting {
		return
	}
	wait := countEvery - time.Since(c.told)
	if c.sockets <= countsAtOnce || wait <= 0 {
		r.tellCount()
		return
	}
	c.waiting = true
	time.AfterFunc(wait, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.tellCount()
	})
}

// counts tells whether those in the channel are told how many they are.
func (r *room) counts() bool {
	return r.server.SubscriptionCounts == on && !r.kind.presence && !r.kind.user
}

func (r *room) tellCount() {
	r.count.waiting, r.count.owed, r.count.told = false, false, time.Now()
	r.pushTo(r.countFrame(), func(*seat) bool { return true })
}

func (r *room) countFrame() []byte {
	return say("pusher_internal:subscription_count", r.name, struct {
		Count int64 `json:"subscription_count"`
	}{r.count.sockets})
}
