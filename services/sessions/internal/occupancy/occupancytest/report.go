package occupancytest

import (
	"fmt"
	"slices"
	"sync"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

func socketsAreTheSum(w *world) {
	w.renew("g1", "g2")
	_, changes := w.report("g1", move("x", 2), move("y", 1))
	w.told(changes, "x 2/0", "y 1/0")
	_, changes = w.report("g2", move("x", 5))
	w.told(changes, "x 7/0")
	standing, changes := w.report("g1", move("x", 1))
	w.told(changes, "x 6/0")
	w.same("standing", w.look("x"), standing)
	if standing.GetSockets() != 6 || standing.GetVersion() != changes[0].Roster.GetVersion() {
		w.Errorf("standing is %v after %v", standing, changes)
	}
}

func repeatedReport(w *world) {
	w.renew("g1")
	report := said(app, "g1", move(room, 2, came("a", "1"), came("b", "2"), limit(2)), move("x", 1), move("y", 0, gone("z")))
	first, _, err := w.s.Report(w.Context(), report)
	w.must(err)
	second, changes, err := w.s.Report(w.Context(), report)
	w.must(err)
	w.told(changes)
	w.same("standings", first, second)
}

func userComesAndGoes(w *world) {
	w.renew("g1", "g2")
	_, changes := w.report("g1", move(room, 1, came("a", "1")))
	w.told(changes, room+" 1/1 +a(1)")
	_, changes = w.report("g2", move(room, 1, came("a", "1"), came("b", "")))
	w.told(changes, room+" 2/2 +b()")
	_, changes = w.report("g1", move(room, 0, gone("a")))
	w.told(changes, room+" 1/2")
	_, changes = w.report("g1", move(room, 0, gone("a", "b", "nobody")))
	w.told(changes)
	_, changes = w.report("g2", move(room, 0, gone("b", "a")))
	w.told(changes, room+" 0/0 -a -b")
}

func firstInfoStands(w *world) {
	w.renew("g1", "g2")
	w.report("g1", move(room, 1, came("a", `{"n": 1}`)))
	w.report("g2", move(room, 1, came("a", "2")))
	w.report("g1", move(room, 0, gone("a")))
	w.same("members", []*sessionsv1.Member{{User: "a", Info: `{"n": 1}`}}, w.look(room).GetMembers())
	_, changes := w.report("g1", move(room, 1, came("a", "3")))
	w.told(changes, room+" 2/1")
	w.report("g1", move(room, 0, gone("a")))
	w.report("g2", move(room, 0, gone("a")))
	_, changes = w.report("g1", move(room, 1, came("a", "4 and more")))
	w.told(changes, room+" 1/1 +a(4 and more)")
}

func userBeyondTheLimit(w *world) {
	w.renew("g1", "g2")
	standing, changes := w.report("g1", move(room, 2, came("a", ""), came("b", ""), came("c", ""), came("d", ""), limit(2)))
	w.told(changes, room+" 2/2 +a() +b()")
	w.same("refused", []string{"c", "d"}, standing.GetRefused())
	standing, changes = w.report("g2", move(room, 1, came("c", ""), came("a", ""), limit(2)))
	w.told(changes, room+" 3/2")
	w.same("refused", []string{"c"}, standing.GetRefused())
	standing, _ = w.report("g2", move(room, 1, gone("c"), limit(2)))
	if standing.GetUsers() != 2 || len(standing.GetMembers()) > 0 {
		w.Errorf("standing is %v", standing)
	}
	w.report("g1", move(room, 0, gone("a", "b", "c", "d")))
	_, changes = w.report("g2", move(room, 0, gone("a")))
	w.told(changes, room+" 0/0 -a")
	w.same("what is left", []string(nil), w.s.Left(app))
	standing, changes = w.report("g2", move("presence-other", 0, came("a", ""), came("b", ""), limit(1)))
	w.told(changes, "presence-other 0/1 +a()")
	w.same("refused", []string{"b"}, standing.GetRefused())
}

func whoGoesMakesRoom(w *world) {
	w.renew("g1")
	w.report("g1", move(room, 1, came("a", ""), limit(1)))
	standing, changes := w.report("g1", move(room, 1, gone("a"), came("b", ""), limit(1)))
	w.told(changes, room+" 1/1 +b() -a")
	w.same("members", []*sessionsv1.Member{{User: "b"}}, standing.GetMembers())
	w.same("refused", []string(nil), standing.GetRefused())
}

func membersAreByUser(w *world) {
	w.renew("g1", "g2")
	_, changes := w.report("g1", move(room, 3, came("b", "1"), came("ü", "2"), came("10", "3")))
	w.told(changes, room+" 3/3 +10(3) +b(1) +ü(2)")
	standing, _ := w.report("g2", move(room, 1, came("a", "4")))
	want := []*sessionsv1.Member{{User: "10", Info: "3"}, {User: "a", Info: "4"}, {User: "b", Info: "1"}, {User: "ü", Info: "2"}}
	w.same("members of a report", want, standing.GetMembers())
	w.same("members of a look", want, w.look(room).GetMembers())
	standings, err := w.s.Look(w.Context(), app, []string{room}, false)
	w.must(err)
	if standings[0].GetUsers() != 4 || len(standings[0].GetMembers()) > 0 {
		w.Errorf("without members: %v", standings[0])
	}
}

func versionsFormAChain(w *world) {
	w.renew("g1", "g2")
	var chain []*sessionsv1.Roster
	for _, step := range []struct {
		gateway string
		move    *sessionsv1.Move
	}{
		{"g1", move(room, 1, came("a", ""))}, {"g2", move(room, 1, came("b", ""))}, {"g2", move("x", 1)},
		{"g1", move(room, 0, gone("a"))}, {"g2", move(room, 0, gone("b"))}, {"g2", move("x", 2)}, {"g1", move(room, 1)},
	} {
		if _, changes := w.report(step.gateway, step.move); step.move.GetChannel() == room {
			chain = append(chain, changes[0].Roster)
		}
	}
	for i, r := range chain {
		want := uint64(0)
		if i > 0 && chain[i-1].GetSockets() > 0 {
			want = chain[i-1].GetVersion()
		}
		if r.GetAfter() != want || i > 0 && r.GetVersion() <= chain[i-1].GetVersion() {
			w.Errorf("change %d is %v, after %d", i, r, want)
		}
	}
	if v := w.look("nobody").GetVersion(); v != chain[len(chain)-1].GetVersion() {
		w.Errorf("an empty channel is at %d, the newest change at %v", v, chain[len(chain)-1])
	}
}

func emptyChannelLeavesNothing(w *world) {
	w.renew("g1", "g2")
	w.report("g1", move(room, 1, came("a", "1")), move("x", 1), move("#server-to-user-a", 1))
	w.report("g2", move(room, 2, came("a", "2"), came("b", "1")))
	w.report("g1", move("x", 0), move("#server-to-user-a", 0), move(room, 0, gone("a")), move("never", 0))
	w.report("g2", move(room, 0, gone("b", "a")))
	w.same("what is left", []string(nil), w.s.Left(app))
}

func gatewaysAtOnce(w *world) {
	var all sync.Mutex
	var versions []uint64
	var gateways sync.WaitGroup
	added := map[string]int{}
	for n := range 5 {
		gateway := fmt.Sprint("g", n)
		w.renew(gateway)
		gateways.Go(func() {
			for user := range 10 {
				_, changes, err := w.s.Report(w.Context(), said(app, gateway, move(room, int64(user+1), came(fmt.Sprint(user*(n+1)), ""), limit(7))))
				all.Lock()
				if err != nil {
					w.Error(err)
				}
				for _, c := range changes {
					versions = append(versions, c.Roster.GetVersion())
					for _, m := range c.Roster.GetAdded() {
						added[m.GetUser()]++
					}
				}
				all.Unlock()
			}
		})
	}
	gateways.Wait()
	standing := w.look(room)
	if standing.GetUsers() != 7 || len(added) != 7 || standing.GetSockets() != 50 {
		w.Errorf("standing is %v, added were %v", standing, added)
	}
	slices.Sort(versions)
	if len(versions) != 50 || len(slices.Compact(versions)) != 50 || versions[49] != standing.GetVersion() {
		w.Errorf("versions are %d", versions)
	}
	for user, times := range added {
		if times != 1 {
			w.Errorf("%s was added %d times", user, times)
		}
	}
}
