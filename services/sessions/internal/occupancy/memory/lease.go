package memory

import (
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// lease is what is known of a gateway.
type lease struct {
	until time.Time
	// since is when it was fresh, as states are numbered and unlike any lease before it, and took the number of the last report that was taken.
	since, took uint64
	// stale are the channels that it has not reported since, of those that it had.
	stale map[string]bool
}

// renew answers whether everything must be reported, and under which lease.
func (a *app) renew(gateway string, seen *sessionsv1.Seen, now, until time.Time) (fresh bool, since uint64) {
	l := a.leases[gateway]
	if a.version < seen.GetVersion() || l != nil && l.since >= a.id && l.took < seen.GetReport() {
		a.restart(seen.GetVersion(), now)
	}
	if l == nil {
		l = &lease{}
		a.leases[gateway] = l
	}
	if fresh = l.since < a.id; fresh {
		a.granted = max(a.granted+1, a.id, uint64(now.UnixMicro()))
		l.since, l.took, l.stale = a.granted, max(l.took, seen.GetReport()), map[string]bool{}
		for name, c := range a.channels {
			if c.shares[gateway] != nil {
				l.stale[name] = true
			}
		}
	}
	l.until = until
	return fresh, l.since
}

// restart begins the state anew with what it holds, which is not all that somebody has seen.
func (a *app) restart(seen uint64, now time.Time) {
	a.began, a.id = now, max(a.id+1, uint64(now.UnixMicro()))
	a.version = max(a.version, seen, a.id)
}

// may says why a report is not taken.
func (a *app) may(gateway string, req *sessionsv1.ReportRequest) error {
	l, seen := a.leases[gateway], req.GetSeen()
	switch {
	case l == nil || l.since < a.id || req.GetLease() != 0 && req.GetLease() != l.since || l.took < seen.GetReport() || a.version < seen.GetVersion():
		return occupancy.ErrNoLease
	case req.GetNumber() != 0 && req.GetNumber() <= l.took:
		return occupancy.ErrLate
	}
	return nil
}
