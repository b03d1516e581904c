package occupancytest

import (
	"cmp"
	"errors"
	"slices"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// teller reports as gateways do: with numbers, and with what it has seen.
type teller struct {
	*world
	name   string
	lease  uint64
	number uint64
	seen   sessionsv1.Seen
}

func (w *world) teller(name string) *teller {
	w.Helper()
	t := &teller{world: w, name: name}
	if !t.renews().GetFresh() {
		w.Errorf("%s is known", name)
	}
	t.says(complete)
	return t
}

func (t *teller) renews() *sessionsv1.RenewResponse {
	t.Helper()
	answer, _, err := t.s.Renew(t.Context(), &sessionsv1.RenewRequest{App: app, Gateway: t.name, Seen: &t.seen})
	t.must(err)
	if answer.GetFresh() != (answer.GetLease() != t.lease) {
		t.Errorf("%s had lease %d, and is told %v", t.name, t.lease, answer)
	}
	t.lease = answer.GetLease()
	return answer
}

// complete marks a report with which everything is reported.
const complete = true

// says reports, and has seen what is answered.
func (t *teller) says(complete bool, moves ...*sessionsv1.Move) []occupancy.Change {
	t.Helper()
	t.number++
	standings, changes, err := t.s.Report(t.Context(), t.report(t.number, complete, moves...))
	t.must(err)
	t.seen.Report = t.number
	for _, s := range standings {
		t.hears(s.GetVersion())
	}
	return changes
}

func (t *teller) report(number uint64, complete bool, moves ...*sessionsv1.Move) *sessionsv1.ReportRequest {
	return &sessionsv1.ReportRequest{App: app, Gateway: t.name, Moves: moves, Lease: t.lease, Number: number, Complete: complete, Seen: &t.seen}
}

func (t *teller) hears(version uint64) { t.seen.Version = max(t.seen.Version, version) }

// refuses wants a report not taken.
func (t *teller) refuses(want error, number uint64, moves ...*sessionsv1.Move) {
	t.Helper()
	if _, changes, err := t.s.Report(t.Context(), t.report(number, false, moves...)); !errors.Is(err, want) || len(changes) > 0 {
		t.Errorf("report %d of %s: %v, %v", number, t.name, changes, err)
	}
}

// lost wants the state to have begun anew for a gateway.
func (t *teller) lost() {
	t.Helper()
	if answer := t.renews(); !answer.GetFresh() || answer.GetSettled() {
		t.Errorf("%s is told %v", t.name, answer)
	}
}

// ann is in room at both gateways, a user is signed in and x has sockets when the last second begins. In it bob comes and cid goes, another user signs in
// and one out, and x has more sockets.
func (w *world) lastSecond() (one, two *teller) {
	one, two = w.teller("g1"), w.teller("g2")
	w.s.Age(app, Lease+occupancy.Settling+time.Second)
	one.says(false, move(room, 2, came("ann", "1"), came("cid", "1")), move("x", 1), move("#server-to-user-out", 1), move("gone", 1, came("dan", "")))
	two.says(false, move(room, 1, came("ann", "2")), move("x", 4))
	restore := w.s.Keep(app)
	one.says(false, move(room, 2, gone("cid"), came("bob", "1")), move("#server-to-user-out", 0), move("#server-to-user-in", 1))
	one.says(false, move("x", 3), move("gone", 0, gone("dan")))
	two.hears(one.seen.GetVersion())
	restore()
	return one, two
}

// everything is what g1 has after the last second.
func everything() []*sessionsv1.Move {
	return []*sessionsv1.Move{move(room, 2, came("ann", "1"), came("bob", "1")), move("x", 3), move("#server-to-user-in", 1)}
}

// asItWas compares with what was before anything was lost.
func (w *world) asItWas() {
	w.Helper()
	w.same("members", []*sessionsv1.Member{{User: "ann", Info: "1"}, {User: "bob", Info: "1"}}, w.look(room).GetMembers())
	for channel, sockets := range map[string]int64{room: 3, "x": 7, "#server-to-user-in": 1, "#server-to-user-out": 0, "gone": 0} {
		if now := w.look(channel); now.GetSockets() != sockets || sockets == 0 && now.GetUsers() > 0 {
			w.Errorf("%s stands as %v, of %d sockets", channel, now, sockets)
		}
	}
	w.same("channels", []string{room, "x"}, w.occupied(""))
}

func lostReportsAreToldAgain(w *world) {
	one, two := w.lastSecond()
	one.refuses(occupancy.ErrNoLease, one.number+1, move("y", 1))
	one.lost()
	w.told(one.says(false, everything()[:2]...), room+" 3/2 +bob(1) -cid", "x 7/0")
	changes := one.says(complete, everything()[2:]...)
	slices.SortFunc(changes, func(a, b occupancy.Change) int { return cmp.Compare(a.Channel, b.Channel) })
	w.told(changes, "#server-to-user-in 1/0", "#server-to-user-out 0/0", "gone 0/0 -dan")
	two.lost()
	w.told(two.says(complete, move(room, 1, came("ann", "2")), move("x", 4)))
	w.asItWas()
	if one.renews().GetFresh() || two.renews().GetFresh() {
		w.Error("it is not over")
	}
}

func whoHeardWhatIsLostSaysSo(w *world) {
	_, two := w.lastSecond() // g1 has gone with it
	two.refuses(occupancy.ErrNoLease, two.number+1, move("y", 1))
	two.lost()
	before := two.seen.GetVersion()
	w.told(two.says(complete, move(room, 1, came("ann", "2")), move("x", 5)), "x 6/0")
	if w.look("x").GetVersion() <= before {
		w.Error("versions were used before")
	}
}

func keptStateIsNotLost(w *world) {
	one, two := w.teller("g1"), w.teller("g2")
	w.s.Age(app, Lease+occupancy.Settling+time.Second)
	one.says(false, move(room, 1, came("ann", "")))
	two.hears(one.seen.GetVersion())
	one.number++ // a report that was not taken, or whose answer was lost
	for _, t := range []*teller{one, two} {
		if answer := t.renews(); answer.GetFresh() || !answer.GetSettled() {
			w.Errorf("%s is told %v", t.name, answer)
		}
		t.says(false, move("x", 1))
	}
}

func lateReportIsNotTaken(w *world) {
	one := w.teller("g1")
	late := move(room, 1, came("ann", ""))
	one.says(false, late)
	one.number++
	first := one.number
	one.says(false, move(room, 0, gone("ann")))
	one.refuses(occupancy.ErrLate, first, late)
	one.refuses(occupancy.ErrLate, one.number, late)
	w.same("channels", []string(nil), w.occupied(""))
}

func repetitionEndsWithWhatWasNotRepeated(w *world) {
	one := w.teller("g1")
	one.says(false, w.many(250)...)
	restore := w.s.Keep(app)
	one.says(false, w.many(250)[0])
	restore()
	one.lost()
	w.told(one.says(false, w.many(2)...))
	if n := len(w.occupied("c")); n != 250 {
		w.Errorf("%d channels before everything was reported", n)
	}
	if changes := one.says(complete, move("c1002", 2)); len(changes) != 248 {
		w.Errorf("%d changes", len(changes))
	}
	w.same("channels", []string{"c1000", "c1001", "c1002"}, w.occupied("c"))
	w.same("members", 0, len(w.look("c1002").GetMembers()))
	w.s.Lapse(app, "g1")
	w.expire()
	before := one.lease
	if answer := one.renews(); !answer.GetFresh() || answer.GetLease() == before {
		w.Errorf("the lease after %d is %v", before, answer)
	}
	one.lease = before
	one.refuses(occupancy.ErrNoLease, one.number+1, move("x", 1)) // as it was made when the other lease held
	w.same("what is left", []string(nil), w.s.Left(app))
}
