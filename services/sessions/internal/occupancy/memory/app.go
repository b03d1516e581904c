package memory

import (
	"maps"
	"slices"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// app is the state of one app. Only channels that somebody is in are there.
type app struct {
	name     string
	began    time.Time
	id       uint64 // no other state's, not even of this app
	granted  uint64 // when the last lease was fresh
	version  uint64
	leases   map[string]*lease // by gateway
	channels map[string]*channel
	settling time.Duration
	hooks    hooks
}

func begin(name string, now time.Time, settling time.Duration) *app {
	return &app{
		name: name, began: now, id: uint64(now.UnixMicro()), version: uint64(now.UnixMicro()),
		leases: map[string]*lease{}, channels: map[string]*channel{}, settling: settling,
		hooks: hooks{due: map[dueKey]time.Time{}, counted: map[string]time.Time{}},
	}
}

// settled tells that all gateways have had the time to report.
func (a *app) settled(now time.Time) bool { return now.Sub(a.began) > a.settling }

// move answers nil for a roster where nothing changed that others can see.
func (a *app) move(gateway string, m *sessionsv1.Move, now time.Time) (roster *sessionsv1.Roster, refused []string) {
	c := a.channels[m.GetChannel()]
	if c == nil {
		c = &channel{members: map[string]*member{}, shares: map[string]*share{}}
		a.channels[m.GetChannel()] = c
	}
	roster = &sessionsv1.Roster{After: c.version}
	before := c.sockets
	here := c.share(gateway)
	counted := here.sockets
	c.count(here, m.GetSockets())
	roster.Removed = c.leave(here, a.gone(gateway, here, m))
	roster.Added, refused = c.join(here, m.GetCame(), int(m.GetLimit()))
	changed := here.sockets != counted || len(roster.Added)+len(roster.Removed) > 0
	if here.sockets == 0 && len(here.users) == 0 {
		delete(c.shares, gateway)
	}
	if len(c.shares) == 0 {
		delete(a.channels, m.GetChannel())
	}
	if !changed {
		return nil, refused
	}
	a.version++
	c.version = a.version
	roster.Version, roster.Sockets, roster.Users = c.version, c.sockets, int32(len(c.members))
	a.note(m, roster, before, now)
	return roster, refused
}

// takeBack ends a lease and all that was reported under it.
func (a *app) takeBack(gateway string, now time.Time) (changes []occupancy.Change) {
	delete(a.leases, gateway)
	for name, c := range a.channels {
		if c.shares[gateway] != nil {
			changes = a.vacate(changes, gateway, name, now)
		}
	}
	return changes
}

// sweep takes back what a gateway has not reported since its lease was fresh.
func (a *app) sweep(changes []occupancy.Change, gateway string, now time.Time) []occupancy.Change {
	for name := range a.leases[gateway].stale {
		changes = a.vacate(changes, gateway, name, now)
	}
	return changes
}

// vacate takes a gateway out of a channel that it has a share of.
func (a *app) vacate(changes []occupancy.Change, gateway, name string, now time.Time) []occupancy.Change {
	users := slices.Sorted(maps.Keys(a.channels[name].shares[gateway].users))
	roster, _ := a.move(gateway, &sessionsv1.Move{Channel: name, Gone: users}, now)
	return a.told(changes, name, roster)
}

// gone are the users that leave with a move. The first after a fresh lease names all that have stayed.
func (a *app) gone(gateway string, here *share, m *sessionsv1.Move) []string {
	l := a.leases[gateway]
	if l == nil || !l.stale[m.GetChannel()] {
		return m.GetGone()
	}
	delete(l.stale, m.GetChannel())
	left := maps.Clone(here.users)
	for _, c := range m.GetCame() {
		delete(left, c.GetUser())
	}
	return slices.Collect(maps.Keys(left))
}

// told adds what happened to a channel, if anything did.
func (a *app) told(changes []occupancy.Change, name string, roster *sessionsv1.Roster) []occupancy.Change {
	if roster == nil {
		return changes
	}
	return append(changes, occupancy.Change{App: a.name, Channel: name, Roster: roster})
}

func (a *app) standing(name string, members bool) *sessionsv1.Standing {
	c := a.channels[name]
	if c == nil {
		return &sessionsv1.Standing{Channel: name, Version: a.version}
	}
	standing := &sessionsv1.Standing{Channel: name, Version: c.version, Sockets: c.sockets, Users: int32(len(c.members))}
	if members {
		standing.Members = c.list()
	}
	return standing
}
