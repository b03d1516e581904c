package pusher

import sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"

// report is what the sessions service knows of a room. The room's lock guards it.
type report struct {
	// waits tells that the room is among those to be reported, looks that it is among those to be looked up; flies that a report is under way.
	waits, looks, flies bool
	// sockets is how many were reported; known that anything was.
	sockets int64
	known   bool
	// again tells that it was reported under an earlier lease that somebody is in it; owed that it is to be reported under the one that is fresh.
	again, owed bool
}

// forgotten begins anew with a sessions service that knows nothing, or not all.
func (r *report) forgotten() {
	r.again = r.again || r.known && r.sockets > 0
	r.sockets, r.known = 0, false
}

// none tells that the sessions service knows of nothing.
func (r *report) none() bool { return !r.waits && !r.looks && !r.flies && (!r.known || r.sockets == 0) }

// move is what a room reports. The room is locked.
func (r *room) move() *sessionsv1.Move {
	r.report.waits, r.report.flies = false, true
	m := &sessionsv1.Move{Channel: r.name, Sockets: r.sockets(), Again: r.report.again}
	if r.kind.presence {
		m.Limit = int32(r.server.MaxMembers)
		r.presence.move(m)
	}
	return m
}

// moved notes that a report was taken. The room is locked.
func (r *room) moved(m *sessionsv1.Move, now *sessionsv1.Standing, settled bool) {
	r.report.sockets, r.report.known, r.report.again = m.GetSockets(), true, false
	r.server.reports.settle(r)
	if len(m.GetCame()) > 0 {
		r.stands(now, settled)
	} else {
		r.countedIn(now.GetVersion(), now.GetSockets())
	}
	if r.kind.presence {
		r.decide(r.presence.moved(m, now.GetRefused()))
		if len(m.GetGone()) == goneMost { // there may be more
			r.changed()
		}
	}
}
