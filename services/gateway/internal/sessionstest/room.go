package sessionstest

import (
	"cmp"
	"maps"
	"slices"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// room is a channel that somebody is in.
type room struct {
	version uint64
	infos   map[string]string // of the users
	shares  map[string]*share // by gateway
}

type share struct {
	sockets int64
	users   map[string]bool
}

func (r *room) sockets() (sum int64) {
	for _, s := range r.shares {
		sum += s.sockets
	}
	return sum
}

func (r *room) has(user string) bool {
	for _, s := range r.shares {
		if s.users[user] {
			return true
		}
	}
	return false
}

func (r *room) members() (members []*sessionsv1.Member) {
	for _, user := range slices.Sorted(maps.Keys(r.infos)) {
		members = append(members, &sessionsv1.Member{User: user, Info: r.infos[user]})
	}
	return members
}

func (r *room) move(gateway string, m *sessionsv1.Move) (added []*sessionsv1.Member, removed, refused []string) {
	here := r.shares[gateway]
	if here == nil {
		here = &share{users: map[string]bool{}}
		r.shares[gateway] = here
	}
	here.sockets = m.GetSockets()
	for _, user := range m.GetGone() {
		delete(here.users, user)
		if _, known := r.infos[user]; known && !r.has(user) {
			delete(r.infos, user)
			removed = append(removed, user)
		}
	}
	for _, member := range m.GetCame() {
		if !r.has(member.GetUser()) {
			if limit := int(m.GetLimit()); limit > 0 && len(r.infos) >= limit {
				refused = append(refused, member.GetUser())
				continue
			}
			r.infos[member.GetUser()] = member.GetInfo()
			added = append(added, member)
		}
		here.users[member.GetUser()] = true
	}
	if here.sockets == 0 && len(here.users) == 0 {
		delete(r.shares, gateway)
	}
	slices.SortFunc(added, func(a, b *sessionsv1.Member) int { return cmp.Compare(a.GetUser(), b.GetUser()) })
	slices.Sort(removed)
	return added, removed, refused
}
