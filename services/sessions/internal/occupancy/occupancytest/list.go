package occupancytest

import (
	"fmt"
	"slices"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

func occupiedChannelsAreListed(w *world) {
	w.renew("g1")
	w.report("g1", move("presence-b", 2, came("a", "1")), move("presence-a", 1), move("presence.c", 1), move("Presence-d", 1), move("#server-to-user-a", 1),
		move("presence-", 1), move("private-ü", 1), move("private-gone", 0))
	w.same("all", []string{"Presence-d", "presence-", "presence-a", "presence-b", "presence.c", "private-ü"}, w.occupied(""))
	for prefix, want := range map[string][]string{
		"presence-": {"presence-", "presence-a", "presence-b"}, "private-ü": {"private-ü"}, "#": nil, "#server": nil, "presence-a.": nil, "z": nil,
	} {
		w.same(prefix, want, w.occupied(prefix))
	}
	standings, err := w.s.Occupied(w.Context(), app, "presence-b")
	w.must(err)
	want := w.look("presence-b")
	want.Members = nil
	w.same("standing", []*sessionsv1.Standing{want}, standings)
}

func listHasNoEndAtAPage(w *world) {
	w.renew("g1")
	var want []string
	for page := range 3 {
		var moves []*sessionsv1.Move
		for n := range 1000 {
			moves = append(moves, move(fmt.Sprint("c.", 1000*page+n), 1))
			want = append(want, moves[n].GetChannel())
		}
		w.report("g1", moves...)
	}
	slices.Sort(want)
	w.same("channels", want, w.occupied("c"))
}

func lookKeepsTheOrder(w *world) {
	look := func(names ...string) (found []string) {
		standings, err := w.s.Look(w.Context(), app, names, true)
		w.must(err)
		for _, s := range standings {
			found = append(found, fmt.Sprint(s.GetChannel(), " ", s.GetSockets()))
		}
		return found
	}
	w.same("an unknown app", []string{"a 0", "b 0"}, look("a", "b"))
	w.renew("g1")
	w.report("g1", move("b", 1), move("#a", 2))
	w.same("channels", []string{"c 0", "b 1", "a 0", "#a 2", "b 1"}, look("c", "b", "a", "#a", "b"))
	w.same("no channels", []string(nil), look())
}

func appsDoNotSeeEachOther(w *world) {
	w.renew("g1")
	w.report("g1", move(room, 1, came("a", "")))
	answer, _, err := w.s.Renew(w.Context(), &sessionsv1.RenewRequest{App: "other", Gateway: "g1"})
	w.must(err)
	if !answer.GetFresh() {
		w.Error("the lease is another app's")
	}
	_, changes, err := w.s.Report(w.Context(), said("other", "g1", move(room, 2, came("b", ""))))
	w.must(err)
	w.told(changes, room+" 2/1 +b()")
	w.s.Lapse("other", "g1")
	changes = w.expire()
	w.told(changes, room+" 0/0 -b")
	if changes[0].App != "other" {
		w.Errorf("the change is of %s", changes[0].App)
	}
	w.same("members", []*sessionsv1.Member{{User: "a"}}, w.look(room).GetMembers())
}

func namesOfAnyCharacter(w *world) {
	names := []string{"a", "a:b", "a:", "{a}", "a b", "=61", "ü*", "a\x00b", "%", "\x7f"}
	w.renew(names...)
	for _, gateway := range names {
		for _, channel := range names {
			w.report(gateway, move(channel, 1, came(gateway, channel)))
		}
	}
	for _, channel := range names {
		if s := w.look(channel); s.GetSockets() != int64(len(names)) || len(s.GetMembers()) != len(names) {
			w.Errorf("channel %q stands as %v", channel, s)
		}
	}
	for _, gateway := range names {
		w.s.Lapse(app, gateway)
		if changes := w.expire(); len(changes) != len(names) || changes[0].Roster.GetSockets()+int64(slices.Index(names, gateway)) != int64(len(names)-1) {
			w.Errorf("gateway %q: %v", gateway, changes)
		}
	}
	w.same("what is left", []string(nil), w.s.Left(app))
}
