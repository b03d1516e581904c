package occupancytest

import (
	"maps"
	"slices"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// model is what a store must be like: what each gateway has reported, and who was there first.
type model struct {
	leases  map[string]bool
	reports map[place]report
	infos   map[string]map[string]string // channel → user → info
}

type place struct{ channel, gateway string }

type report struct {
	sockets int64
	users   map[string]bool
}

func newModel() *model {
	return &model{leases: map[string]bool{}, reports: map[place]report{}, infos: map[string]map[string]string{}}
}

// move answers who was refused.
func (m *model) move(gateway string, said *sessionsv1.Move) (refused []string) {
	at := place{said.GetChannel(), gateway}
	here := report{said.GetSockets(), map[string]bool{}}
	maps.Copy(here.users, m.reports[at].users)
	for _, user := range said.GetGone() {
		delete(here.users, user)
	}
	m.reports[at] = here
	m.forget(at.channel)
	for _, c := range said.GetCame() {
		members := m.members(at.channel)
		if limit := int(said.GetLimit()); limit > 0 && len(members) >= limit && !slices.Contains(members, c.GetUser()) {
			refused = append(refused, c.GetUser())
			continue
		}
		if m.infos[at.channel] == nil {
			m.infos[at.channel] = map[string]string{}
		}
		if !slices.Contains(members, c.GetUser()) {
			m.infos[at.channel][c.GetUser()] = c.GetInfo()
		}
		here.users[c.GetUser()] = true
	}
	return refused
}

// forget drops what was said by those who are not there any more.
func (m *model) forget(channel string) {
	members := m.members(channel)
	maps.DeleteFunc(m.infos[channel], func(user, _ string) bool { return !slices.Contains(members, user) })
}

func (m *model) lapse(gateway string) {
	delete(m.leases, gateway)
	for at := range m.reports {
		if at.gateway == gateway {
			delete(m.reports, at)
			m.forget(at.channel)
		}
	}
}

func (m *model) members(channel string) []string {
	all := map[string]bool{}
	for at, r := range m.reports {
		if at.channel == channel {
			maps.Copy(all, r.users)
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func (m *model) sockets(channel string) (sum int64) {
	for at, r := range m.reports {
		if at.channel == channel {
			sum += r.sockets
		}
	}
	return sum
}

// mirror is what a gateway makes of what it is told.
type mirror struct {
	at      map[string]*sessionsv1.Standing
	members map[string]map[string]string
	faults  []string
}

func newMirror() *mirror {
	return &mirror{at: map[string]*sessionsv1.Standing{}, members: map[string]map[string]string{}}
}

// hear applies changes, and notes what does not fit what was said before.
func (m *mirror) hear(changes []occupancy.Change) {
	for _, c := range changes {
		was, members := m.at[c.Channel], m.members[c.Channel]
		if members == nil {
			members = map[string]string{}
			m.members[c.Channel] = members
		}
		stands := was.GetVersion()
		if was.GetSockets() == 0 && was.GetUsers() == 0 {
			stands = 0
		}
		m.check(c.Roster.GetAfter() == stands && c.Roster.GetVersion() > was.GetVersion(), "a gap in the chain of "+c.Channel)
		for _, user := range c.Roster.GetRemoved() {
			_, known := members[user]
			m.check(known, "removed twice: "+user)
			delete(members, user)
		}
		for _, added := range c.Roster.GetAdded() {
			_, known := members[added.GetUser()]
			m.check(!known, "added twice: "+added.GetUser())
			members[added.GetUser()] = added.GetInfo()
		}
		m.check(len(members) == int(c.Roster.GetUsers()), "the number of users of "+c.Channel)
		m.check(len(c.Roster.GetAdded())+len(c.Roster.GetRemoved()) > 0 || c.Roster.GetSockets() != was.GetSockets(), "nothing changed in "+c.Channel)
		m.at[c.Channel] = &sessionsv1.Standing{Version: c.Roster.GetVersion(), Sockets: c.Roster.GetSockets(), Users: c.Roster.GetUsers()}
	}
}

func (m *mirror) check(right bool, fault string) {
	if !right {
		m.faults = append(m.faults, fault)
	}
}
