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
	if version < c.version || version == c.version && (!c.owed || version == 0) {
		return
	}
	changed := sockets != c.sockets || c.owed
	c.version, c.sockets = version, sockets
	if !changed || !r.counts() || c.waiting {
		return
	}
	wait := countEvery - time.Since(c.told)
	if sockets <= countsAtOnce || wait <= 0 {
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
