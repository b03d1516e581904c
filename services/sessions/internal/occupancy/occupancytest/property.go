package occupancytest

import (
	"errors"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// The world of the property is small, so that reports meet.
var (
	gateways    = []string{"g1", "g2", "g:3"}
	channels    = []string{"x", "presence-{y}", "#z"}
	someGateway = rapid.SampledFrom(gateways)
	someChannel = rapid.SampledFrom(channels)
	someUser    = rapid.SampledFrom([]string{"a", "b", "10", "ü:"})
	someInfo    = rapid.SampledFrom([]string{"", `{"n":1}`, "2"})
)

// run is one run of the property, in an app of its own.
type run struct {
	*rapid.T
	s      Subject
	app    string
	model  *model
	mirror *mirror
	// receiver is told by webhooks.
	receiver *receiver
}

// randomReports has three gateways report, renew and lapse at random. Whoever hears all changes knows what the model knows.
func randomReports(w *world) {
	runs := 0
	rapid.Check(w.T, func(t *rapid.T) {
		runs++
		r := &run{T: t, s: w.s, app: fmt.Sprint("app ", runs), model: newModel(), mirror: newMirror(), receiver: newReceiver()}
		t.Repeat(map[string]func(*rapid.T){
			"renew": func(t *rapid.T) { r.renew(someGateway.Draw(t, "gateway")) },
			"report": func(t *rapid.T) {
				r.report(someGateway.Draw(t, "gateway"), rapid.SliceOfNDistinct(someChannel, 1, 3, rapid.ID).Draw(t, "channels"))
			},
			"lapse": func(t *rapid.T) { r.lapse(someGateway.Draw(t, "gateway"), rapid.Bool().Draw(t, "renewed in time")) },
			"tell":  r.tell,
			"":      func(*rapid.T) { r.compare() },
		})
	})
}

func (r *run) renew(gateway string) {
	answer, changes, err := r.s.Renew(r.Context(), &sessionsv1.RenewRequest{App: r.app, Gateway: gateway, Hooks: hooksOfRun})
	r.must(err)
	r.mirror.hear(changes)
	if answer.GetFresh() == r.model.leases[gateway] {
		r.Fatalf("%s is told fresh: %v", gateway, answer.GetFresh())
	}
	r.model.leases[gateway] = true
}

func (r *run) report(gateway string, names []string) {
	var moves []*sessionsv1.Move
	for _, name := range names {
		m := move(name, rapid.Int64Range(0, 2).Draw(r.T, "sockets"), limit(rapid.Int32Range(0, 3).Draw(r.T, "limit")))
		for _, user := range rapid.SliceOfNDistinct(someUser, 0, 3, rapid.ID).Draw(r.T, "users") {
			if rapid.Bool().Draw(r.T, "came") {
				came(user, someInfo.Draw(r.T, "info"))(m)
			} else {
				gone(user)(m)
			}
		}
		moves = append(moves, m)
	}
	standings, changes, err := r.s.Report(r.Context(), &sessionsv1.ReportRequest{App: r.app, Gateway: gateway, Moves: moves})
	if !r.model.leases[gateway] {
		if !errors.Is(err, occupancy.ErrNoLease) || len(changes) > 0 {
			r.Fatalf("%s reports without a lease: %v, %v", gateway, changes, err)
		}
		return
	}
	r.must(err)
	r.mirror.hear(changes)
	for i, m := range moves {
		if refused := r.model.move(gateway, m); !slices.Equal(refused, standings[i].GetRefused()) {
			r.Fatalf("of %v %v were refused, should be %v", m, standings[i].GetRefused(), refused)
		}
		r.same(standings[i], len(m.GetCame()) > 0)
	}
}

func (r *run) lapse(gateway string, renewed bool) {
	if !r.model.leases[gateway] {
		return
	}
	r.s.Lapse(r.app, gateway)
	if renewed {
		r.renew(gateway)
	}
	changes, err := r.s.Expire(r.Context())
	r.must(err)
	r.mirror.hear(changes)
	if !renewed {
		r.model.lapse(gateway)
	}
}

func (r *run) compare() {
	standings, err := r.s.Look(r.Context(), r.app, channels, true)
	r.must(err)
	for i, name := range channels {
		r.same(standings[i], true)
		told := r.mirror.at[name]
		if told.GetSockets() != standings[i].GetSockets() || told.GetVersion() > standings[i].GetVersion() || told.GetSockets() > 0 && told.GetVersion() != standings[i].GetVersion() {
			r.Fatalf("%s was said to stand as %v, and stands as %v", name, told, standings[i])
		}
		for _, m := range standings[i].GetMembers() {
			if info, known := r.mirror.members[name][m.GetUser()]; !known || info != m.GetInfo() {
				r.Fatalf("%v was added to %s as %q, %v", m, name, info, known)
			}
		}
		if len(r.mirror.members[name]) != len(standings[i].GetMembers()) {
			r.Fatalf("%v were added to %s, and not removed", r.mirror.members[name], name)
		}
	}
	if len(r.mirror.faults) > 0 {
		r.Fatalf("announced wrongly: %q", r.mirror.faults)
	}
}

// same compares a standing with the model.
func (r *run) same(got *sessionsv1.Standing, members bool) {
	var users []string
	for _, m := range got.GetMembers() {
		users = append(users, m.GetUser())
		if info := r.model.infos[got.GetChannel()][m.GetUser()]; info != m.GetInfo() {
			r.Fatalf("%v in %s, should say %q", m, got.GetChannel(), info)
		}
	}
	want := r.model.members(got.GetChannel())
	if got.GetSockets() != r.model.sockets(got.GetChannel()) || int(got.GetUsers()) != len(want) || members && !slices.Equal(users, want) || !members && users != nil {
		r.Fatalf("%v, should have %d sockets and %v", got, r.model.sockets(got.GetChannel()), want)
	}
}

func (r *run) must(err error) {
	if err != nil {
		r.Fatal(err)
	}
}
