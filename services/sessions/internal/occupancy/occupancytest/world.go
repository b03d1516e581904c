package occupancytest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

const (
	app  = "shop"
	room = "presence-room"
)

// world is a store in use; what goes wrong there fails the test.
type world struct {
	*testing.T
	s Subject
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) renew(gateways ...string) (last *sessionsv1.RenewResponse) {
	w.Helper()
	for _, gateway := range gateways {
		answer, changes, err := w.s.Renew(w.Context(), &sessionsv1.RenewRequest{App: app, Gateway: gateway})
		w.must(err)
		w.told(changes)
		last = answer
	}
	return last
}

// report answers the last move's standing and what changed.
func (w *world) report(gateway string, moves ...*sessionsv1.Move) (*sessionsv1.Standing, []occupancy.Change) {
	w.Helper()
	standings, changes, err := w.s.Report(w.Context(), said(app, gateway, moves...))
	w.must(err)
	if len(standings) != len(moves) {
		w.Fatalf("%d standings of %d moves", len(standings), len(moves))
	}
	return standings[len(standings)-1], changes
}

// refused reports what must not be taken.
func (w *world) refused(gateway string) {
	w.Helper()
	_, changes, err := w.s.Report(w.Context(), said(app, gateway, move(room, 1, came("a", ""))))
	if !errors.Is(err, occupancy.ErrNoLease) || len(changes) > 0 {
		w.Errorf("the report of %s: %v, %v", gateway, changes, err)
	}
}

func (w *world) look(channel string) *sessionsv1.Standing {
	w.Helper()
	standings, err := w.s.Look(w.Context(), app, []string{channel}, true)
	w.must(err)
	return standings[0]
}

func (w *world) expire() []occupancy.Change {
	w.Helper()
	changes, err := w.s.Expire(w.Context())
	w.must(err)
	return changes
}

func (w *world) occupied(prefix string) (names []string) {
	w.Helper()
	standings, err := w.s.Occupied(w.Context(), app, prefix)
	w.must(err)
	for _, s := range standings {
		names = append(names, s.GetChannel())
	}
	return names
}

// told says what changed, as text without versions: "room 2/1 +a(info) -b".
func (w *world) told(changes []occupancy.Change, want ...string) {
	w.Helper()
	var got []string
	for _, c := range changes {
		text := fmt.Sprintf("%s %d/%d", c.Channel, c.Roster.GetSockets(), c.Roster.GetUsers())
		for _, m := range c.Roster.GetAdded() {
			text += " +" + m.GetUser() + "(" + m.GetInfo() + ")"
		}
		for _, user := range c.Roster.GetRemoved() {
			text += " -" + user
		}
		got = append(got, text)
	}
	w.same("changes", want, got)
}

func (w *world) same(what string, want, got any) {
	w.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		w.Errorf("%s: want -, got +:\n%s", what, diff)
	}
}

// said is a report of some moves.
func said(app, gateway string, moves ...*sessionsv1.Move) *sessionsv1.ReportRequest {
	return &sessionsv1.ReportRequest{App: app, Gateway: gateway, Moves: moves}
}

// part is something that is said in a move.
type part func(*sessionsv1.Move)

func move(channel string, sockets int64, parts ...part) *sessionsv1.Move {
	m := &sessionsv1.Move{Channel: channel, Sockets: sockets}
	for _, p := range parts {
		p(m)
	}
	return m
}

func came(user, info string) part {
	return func(m *sessionsv1.Move) { m.Came = append(m.Came, &sessionsv1.Member{User: user, Info: info}) }
}

func gone(users ...string) part {
	return func(m *sessionsv1.Move) { m.Gone = append(m.Gone, users...) }
}

func limit(n int32) part {
	return func(m *sessionsv1.Move) { m.Limit = n }
}
