package occupancytest

import (
	"fmt"
	"slices"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// hooked is an app whose webhooks are told everything. Its state has settled.
func (w *world) hooked(gateways ...string) {
	w.Helper()
	for _, gateway := range gateways {
		_, _, err := w.s.Renew(w.Context(), &sessionsv1.RenewRequest{App: app, Gateway: gateway, Hooks: &sessionsv1.Hooks{Project: "shop-1", Counts: true}})
		w.must(err)
	}
	w.s.Age(app, Lease+occupancy.Settling+time.Second)
}

// news says what webhooks are to be told, as text: "o room", "+ room a", "c x 3". It is told.
func (w *world) news(want ...string) {
	w.Helper()
	var got []string
	for {
		all, err := w.s.News(w.Context())
		w.must(err)
		for _, n := range all {
			if n.Project != "shop-1" || n.App != app || n.Lost != 0 {
				w.Errorf("news of %+v", n)
			}
			for _, h := range slices.Concat(n.Batches...) {
				got = append(got, textOf(h))
			}
			w.must(w.s.Told(w.Context(), n, len(n.Batches)))
		}
		if len(all) == 0 {
			w.same("news", want, got)
			return
		}
	}
}

func textOf(h occupancy.Hook) string {
	switch h.What {
	case occupancy.Added, occupancy.Removed:
		return fmt.Sprint(h.What, " ", h.Channel, " ", h.User)
	case occupancy.Counted:
		return fmt.Sprint(h.What, " ", h.Channel, " ", h.Sockets)
	}
	return fmt.Sprint(h.What, " ", h.Channel)
}

func comingIsToldAtOnce(w *world) {
	w.hooked("g1", "g2")
	w.report("g1", move(room, 2, came("a", ""), came("b", "")))
	w.report("g2", move(room, 1, came("b", ""), came("ü:", "")), move("#server-to-user-a", 1))
	w.news("o "+room, "+ "+room+" a", "+ "+room+" b", "+ "+room+" ü:")
	w.news()
	w.report("g1", move(room, 2, came("a", ""), came("b", ""))) // again, as after a lost answer
	w.report("g1", move("a:b", 1))
	w.news("o a:b", "c a:b 1")
}

func leavingIsToldAfterGrace(w *world) {
	w.hooked("g1", "g2")
	w.report("g1", move(room, 2, came("a", ""), came("b", "")))
	w.news("o "+room, "+ "+room+" a", "+ "+room+" b")
	w.report("g1", move(room, 0, gone("a", "b")))
	w.news()
	w.s.Pass(app, occupancy.Grace-time.Second)
	w.news()
	w.s.Pass(app, time.Second)
	w.news("- "+room+" a", "- "+room+" b", "v "+room)
	w.s.Pass(app, time.Hour)
	w.news()
	w.report("g2", move(room, 1, came("a", "")))
	w.news("o "+room, "+ "+room+" a")
	w.same("what is left", []string{}, w.leftOfHooks())
}

// leftOfHooks is what is left when everybody has gone and everything is told.
func (w *world) leftOfHooks() []string {
	w.report("g2", move(room, 0, gone("a")))
	w.s.Pass(app, time.Hour)
	w.news("- "+room+" a", "v "+room)
	return append([]string{}, w.s.Left(app)...)
}

func whoIsBackIsNotTold(w *world) {
	w.hooked("g1", "g2")
	w.report("g1", move(room, 1, came("a", "")), move("x", 1))
	w.news("o "+room, "+ "+room+" a", "o x", "c x 1")
	w.report("g1", move(room, 0, gone("a")), move("x", 0))
	w.s.Pass(app, occupancy.Grace-time.Second)
	w.report("g2", move(room, 1, came("a", "")), move("x", 2))
	w.s.Pass(app, time.Hour)
	w.news("c x 0", "c x 2")
	w.report("g2", move(room, 1, gone("a"), came("b", "")))
	w.news("+ " + room + " b")
	w.report("g2", move(room, 0, gone("b")))
	w.report("g1", move(room, 1, came("b", "")))
	w.s.Pass(app, time.Hour)
	w.news("- " + room + " a")
}

func killedGatewayIsTold(w *world) {
	w.hooked("g1", "g2")
	w.report("g1", move(room, 2, came("a", ""), came("b", "")))
	w.report("g2", move(room, 1, came("b", "")))
	w.news("o "+room, "+ "+room+" a", "+ "+room+" b")
	w.s.Lapse(app, "g1")
	w.expire()
	w.s.Pass(app, occupancy.Grace)
	w.news("- " + room + " a")
}

func unsettledStateTellsNobodyGone(w *world) {
	for _, gateway := range []string{"g1", "g2"} {
		_, _, err := w.s.Renew(w.Context(), &sessionsv1.RenewRequest{App: app, Gateway: gateway, Hooks: &sessionsv1.Hooks{Project: "shop-1"}})
		w.must(err)
	}
	repeated := move(room, 2, came("a", ""), came("b", ""))
	repeated.Again, repeated.Came[0].Again = true, true
	w.report("g1", repeated)
	w.news("+ " + room + " b") // the others were told before the state was lost
	w.report("g1", move(room, 0, gone("a", "b")))
	w.s.Pass(app, occupancy.Lease)
	w.news()
	w.report("g2", move(room, 1, came("a", ""))) // it had not reported yet
	w.s.Pass(app, Lease+time.Minute)
	w.news("- " + room + " b")
	w.s.Age(app, Lease+time.Minute)
	w.report("g2", move(room, 0, gone("a")))
	w.s.Pass(app, occupancy.Grace)
	w.news("- "+room+" a", "v "+room)
	w.report("g1", repeated) // it was taken back, and that was told
	w.news("o "+room, "+ "+room+" a", "+ "+room+" b")
}

func manySocketsAreCountedNowAndThen(w *world) {
	w.hooked("g1")
	for _, sockets := range []int64{100, 101, 102, 103, 99, 150, 151} {
		w.report("g1", move("x", sockets), move(room, sockets))
	}
	w.news("o x", "c x 100", "o "+room, "c x 101", "c x 99", "c x 150")
	w.s.Pass(app, occupancy.CountEvery)
	w.news("c x 151")
	w.report("g1", move("x", 152))
	w.report("g1", move("x", 0))
	w.s.Pass(app, occupancy.CountEvery)
	w.news("c x 0", "v x")
}

func newsThatIsNotToldStays(w *world) {
	w.hooked("g1")
	for n := range 3 {
		w.report("g1", move(fmt.Sprint("x", n), 1))
	}
	first, err := w.s.News(w.Context())
	w.must(err)
	w.report("g1", move("y", 1))
	second, err := w.s.News(w.Context())
	w.must(err)
	w.same("the beginning", first[0].Batches, second[0].Batches[:len(first[0].Batches)])
	w.must(w.s.Told(w.Context(), first[0], 2))
	w.must(w.s.Told(w.Context(), second[0], 2)) // by another, at the same time
	third, err := w.s.News(w.Context())
	w.must(err)
	if third[0].First != first[0].First+2 || third[0].Began != first[0].Began {
		w.Errorf("first %+v, then %+v", first[0], third[0])
	}
	w.news("o x2", "c x2 1", "o y", "c y 1")
}

func batchesAreSmall(w *world) {
	w.hooked("g1")
	var everybody []part
	for n := range 250 {
		everybody = append(everybody, came(fmt.Sprint(1000+n), ""))
	}
	w.report("g1", move(room, 250, everybody...))
	all, err := w.s.News(w.Context())
	w.must(err)
	var sizes []int
	for _, batch := range all[0].Batches {
		sizes = append(sizes, len(batch))
	}
	w.same("batches", []int{100, 100, 51}, sizes)
}

func appWithoutWebhooksHasNoNews(w *world) {
	w.renew("g1")
	w.report("g1", move(room, 1, came("a", "")))
	w.report("g1", move(room, 0, gone("a")))
	w.s.Pass(app, time.Hour)
	w.news()
	w.same("what is left", []string(nil), w.s.Left(app))
}
