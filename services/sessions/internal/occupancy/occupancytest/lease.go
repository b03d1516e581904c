package occupancytest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

func firstLeaseIsFresh(w *world) {
	for _, gateway := range []string{"g1", "g2"} {
		if !w.renew(gateway).GetFresh() || w.renew(gateway).GetFresh() {
			w.Errorf("%s is not fresh once", gateway)
		}
	}
}

func stateSettles(w *world) {
	w.renew("g1")
	w.s.Age(app, Lease)
	if w.renew("g1").GetSettled() {
		w.Error("settled after a lease")
	}
	w.s.Age(app, occupancy.Settling+time.Millisecond)
	if !w.renew("g1").GetSettled() || !w.renew("g2").GetSettled() {
		w.Error("not settled two seconds later")
	}
}

func reportWithoutALease(w *world) {
	w.refused("g1") // of an app that nobody knows
	w.renew("g1")
	w.refused("g2")
	w.same("what is left", []string(nil), w.s.Left(app))
}

func lapsedLeaseGoesOn(w *world) {
	w.renew("g1")
	w.report("g1", move(room, 1, came("a", "")))
	w.s.Lapse(app, "g1")
	w.report("g1", move("x", 1))
	if w.renew("g1").GetFresh() {
		w.Error("all that it reported is known, and it is told to report it again")
	}
	w.told(w.expire())
	w.same("channels", []string{room, "x"}, w.occupied(""))
}

func takenBackGateway(w *world) {
	w.renew("g1")
	w.report("g1", move(room, 1, came("a", "1")))
	w.s.Lapse(app, "g1")
	w.told(w.expire(), room+" 0/0 -a")
	w.refused("g1")
	if !w.renew("g1").GetFresh() {
		w.Error("a gateway that was taken back is not fresh")
	}
	_, changes := w.report("g1", move(room, 1, came("a", "2")))
	w.told(changes, room+" 1/1 +a(2)")
}

func lapsedGatewayIsTakenBack(w *world) {
	w.renew("g1", "g2")
	w.report("g1", move(room, 3, came("a", "1"), came("b", "1")), move("x", 1), move("#server-to-user-a", 2))
	w.report("g2", move(room, 1, came("b", "2")), move("y", 1))
	w.told(w.expire())
	w.s.Lapse(app, "g1")
	changes := w.expire()
	slices.SortFunc(changes, func(a, b occupancy.Change) int { return len(b.Channel) - len(a.Channel) })
	w.told(changes, "#server-to-user-a 0/0", room+" 1/1 -a", "x 0/0")
	w.told(w.expire())
	w.same("channels", []string{room, "y"}, w.occupied(""))
	w.same("members", []*sessionsv1.Member{{User: "b", Info: "1"}}, w.look(room).GetMembers())
}

func manyChannelsAreTakenBackOnce(w *world) {
	w.renew("g1")
	w.report("g1", w.many(250)...)
	w.s.Lapse(app, "g1")
	if changes := w.expire(); len(changes) != 250 {
		w.Errorf("%d changes", len(changes))
	}
	w.same("what is left", []string(nil), w.s.Left(app))
	if !w.renew("g1").GetFresh() {
		w.Error("not fresh")
	}
}

// many is a move in each of some channels, 1000 to 1000+n.
func (w *world) many(n int) (moves []*sessionsv1.Move) {
	for i := range n {
		moves = append(moves, move(fmt.Sprint("c", 1000+i), 1, came("a", "")))
	}
	return moves
}

func sweepersAtOnce(w *world) {
	w.renew("g1", "g2", "g3")
	w.report("g1", w.many(250)...)
	w.report("g2", w.many(250)...)
	w.report("g3", move("c1000", 1, came("a", "")))
	w.s.Lapse(app, "g1")
	w.s.Lapse(app, "g2")
	var all sync.Mutex
	var changes []occupancy.Change
	var sweepers sync.WaitGroup
	for range 3 {
		sweepers.Go(func() {
			seen, err := w.s.Expire(w.Context())
			all.Lock()
			defer all.Unlock()
			changes = append(changes, seen...)
			if err != nil {
				w.Error(err)
			}
		})
	}
	sweepers.Wait()
	removed := map[string]int{}
	for _, c := range changes {
		removed[c.Channel] += len(c.Roster.GetRemoved())
	}
	if len(changes) != 500 || removed["c1000"] != 0 || len(removed) != 250 {
		w.Errorf("%d changes of %d channels", len(changes), len(removed))
	}
	for channel, times := range removed {
		if times != 1 && channel != "c1000" {
			w.Errorf("the removal from %s was seen %d times", channel, times)
		}
	}
}
