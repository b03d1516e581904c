package pusher

import (
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// debt is what must be told to a sessions service whose Redis may have lost the last of what it was told: what was seen of it, by which it knows, and
// then everything. The lock of the reports guards it.
type debt struct {
	// id is which lease there is, and under the one that reports are made for: when they differ, rooms do not yet have all to tell.
	id, under uint64
	// seen is what is known to have been taken, and number that of the last report.
	seen   sessionsv1.Seen
	number uint64
	// rooms must be reported yet before everything is, and unpaid tells that this was not said since.
	rooms  int
	unpaid bool
}

// renewed notes the answer to a renewal. All must be told when the lease is fresh, or was, and the answer got lost.
func (r *reports) renewed(answer *sessionsv1.RenewResponse) (all bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settled, r.lasts = answer.GetSettled(), usualLease
	if ms := answer.GetLastsMs(); ms > 0 {
		r.lasts = time.Duration(ms) * time.Millisecond
	}
	if all = answer.GetFresh() || answer.GetLease() != r.debt.id; all {
		r.lease++
		r.debt.id = answer.GetLease()
	}
	return all
}

// owe has a room reported before everything is. The room is locked.
func (r *reports) owe(room *room) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !room.report.owed {
		room.report.owed = true
		r.debt.rooms++
	}
}

// settle is for a room that has been reported, and is locked.
func (r *reports) settle(room *room) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if room.report.owed {
		room.report.owed = false
		r.debt.rooms--
	}
}

// owes tells that all rooms have all to tell that a lease must be told.
func (r *reports) owes(lease uint64) {
	r.mu.Lock()
	r.debt.under, r.debt.unpaid = lease, true
	r.mu.Unlock()
	r.awake()
}

// due tells that there is nothing left to report but that.
func (r *reports) due() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.debt.unpaid && r.debt.rooms == 0
}

// begin makes a report, before any room is asked what it has to tell.
func (r *reports) begin() *sessionsv1.ReportRequest {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.debt.number++
	return &sessionsv1.ReportRequest{
		App: r.server.AppID, Gateway: r.gateway, Lease: r.debt.under, Number: r.debt.number, Seen: r.debt.copy(),
	}
}

// conclude says so when with these rooms everything is reported.
func (r *reports) conclude(request *sessionsv1.ReportRequest, rooms []*room) {
	owed := 0
	for _, room := range rooms {
		room.mu.Lock()
		if room.report.owed {
			owed++
		}
		room.mu.Unlock()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	request.Complete = r.debt.unpaid && r.debt.under == request.GetLease() && r.debt.rooms == owed
}

// taken notes that a report was, under a lease that may have been followed by another.
func (r *reports) taken(request *sessionsv1.ReportRequest, answer *sessionsv1.ReportResponse, lease uint64) {
	r.saw(answer.GetStandings())
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lease != lease {
		return
	}
	r.debt.seen.Report = request.GetNumber()
	r.debt.unpaid = r.debt.unpaid && !request.GetComplete()
}

// saw notes versions that there are.
func (r *reports) saw(standings []*sessionsv1.Standing) {
	for _, s := range standings {
		r.heard(s.GetVersion())
	}
}

func (r *reports) heard(version uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.debt.seen.Version = max(r.debt.seen.Version, version)
}

func (r *reports) seen() *sessionsv1.Seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.debt.copy()
}

func (d *debt) copy() *sessionsv1.Seen {
	return &sessionsv1.Seen{Report: d.seen.GetReport(), Version: d.seen.GetVersion()}
}
