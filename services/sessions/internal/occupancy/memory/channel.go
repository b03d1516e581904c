package memory

import (
	"slices"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// channel is one channel that somebody is in.
type channel struct {
	version uint64
	sockets int64
	members map[string]*member
	shares  map[string]*share // by gateway
}

// member is a user, and at how many gateways he is.
type member struct {
	info     string
	gateways int
}

// share is what one gateway has of a channel.
type share struct {
	sockets int64
	users   map[string]bool
}

func (c *channel) share(gateway string) *share {
	here := c.shares[gateway]
	if here == nil {
		here = &share{users: map[string]bool{}}
		c.shares[gateway] = here
	}
	return here
}

func (c *channel) count(here *share, sockets int64) {
	c.sockets += sockets - here.sockets
	here.sockets = sockets
}

// leave answers who is at no gateway any more.
func (c *channel) leave(here *share, users []string) (removed []string) {
	for _, user := range users {
		if !here.users[user] {
			continue
		}
		delete(here.users, user)
		if c.members[user].gateways--; c.members[user].gateways == 0 {
			delete(c.members, user)
			removed = append(removed, user)
		}
	}
	slices.Sort(removed)
	return removed
}

// join answers who was at no gateway before, and who was one too many.
func (c *channel) join(here *share, users []*sessionsv1.Member, limit int) (added []*sessionsv1.Member, refused []string) {
	for _, m := range users {
		if here.users[m.GetUser()] {
			continue
		}
		known := c.members[m.GetUser()]
		switch {
		case known != nil:
			known.gateways++
		case limit > 0 && len(c.members) >= limit:
			refused = append(refused, m.GetUser())
			continue
		default:
			c.members[m.GetUser()] = &member{info: m.GetInfo(), gateways: 1}
			added = append(added, m)
		}
		here.users[m.GetUser()] = true
	}
	occupancy.Sort(added)
	return added, refused
}

// list answers the members by user.
func (c *channel) list() []*sessionsv1.Member {
	members := make([]*sessionsv1.Member, 0, len(c.members))
	for user, m := range c.members {
		members = append(members, &sessionsv1.Member{User: user, Info: m.info})
	}
	occupancy.Sort(members)
	return members
}
