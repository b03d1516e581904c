package memory

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/hook"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// hooks is what webhooks are to be told of an app.
type hooks struct {
	wanted *sessionsv1.Hooks
	until  time.Time
	// due is what is told at a time unless it is taken back before.
	due map[dueKey]time.Time
	// counted is when the sockets of a channel with many of them were told.
	counted map[string]time.Time
	batches [][]occupancy.Hook
	// told is how many batches are gone, and lost how many of those were not told.
	told, lost uint64
}

// dueKey names a leaving, or a number of sockets.
type dueKey struct {
	channel string
	what    occupancy.Happening
	user    string
}

// note has webhooks told what a move has changed.
func (a *app) note(m *sessionsv1.Move, r *sessionsv1.Roster, before int64, now time.Time) {
	if a.hooks.wanted == nil || now.After(a.hooks.until) || strings.HasPrefix(m.GetChannel(), occupancy.Hidden) {
		return
	}
	n := noting{app: a, channel: m.GetChannel(), now: now}
	empty := r.GetSockets() == 0 && r.GetUsers() == 0
	if r.GetAfter() == 0 && !empty {
		n.arrive(occupancy.Vacated, "", occupancy.Occupied, m.GetAgain())
	}
	for _, added := range r.GetAdded() {
		n.arrive(occupancy.Removed, added.GetUser(), occupancy.Added, added.GetAgain())
	}
	for _, user := range r.GetRemoved() {
		n.depart(occupancy.Removed, user)
	}
	if r.GetAfter() != 0 && empty {
		n.depart(occupancy.Vacated, "")
	}
	if a.hooks.wanted.GetCounts() && r.GetSockets() != before && !strings.HasPrefix(n.channel, occupancy.Presence) {
		n.count(r.GetSockets())
	}
	a.hooks.add(n.found)
}

// noting is what one move has to tell.
type noting struct {
	*app
	channel string
	now     time.Time
	found   []occupancy.Hook
}

// arrive tells that somebody came, unless he has not been told to be away.
func (n *noting) arrive(leaving occupancy.Happening, user string, what occupancy.Happening, again bool) {
	key := dueKey{n.channel, leaving, user}
	_, left := n.hooks.due[key]
	delete(n.hooks.due, key)
	if !left && (!again || n.settled(n.now)) {
		n.found = append(n.found, occupancy.Hook{What: what, Channel: n.channel, User: user})
	}
}

func (n *noting) depart(what occupancy.Happening, user string) {
	at := n.now.Add(occupancy.Grace)
	if settles := n.began.Add(n.settling); settles.After(at) {
		at = settles
	}
	n.hooks.due[dueKey{n.channel, what, user}] = at
}

func (n *noting) count(sockets int64) {
	key := dueKey{channel: n.channel, what: occupancy.Counted}
	next := n.hooks.counted[n.channel].Add(occupancy.CountEvery)
	if sockets > occupancy.CountsAtOnce && next.After(n.now) {
		n.hooks.due[key] = next // the same whenever it is set
		return
	}
	delete(n.hooks.due, key)
	n.found = append(n.found, n.hooks.count(n.channel, sockets, n.now))
}

// count is the number of sockets as it is told.
func (h *hooks) count(channel string, sockets int64, now time.Time) occupancy.Hook {
	delete(h.counted, channel)
	if sockets > occupancy.CountsAtOnce {
		h.counted[channel] = now
	}
	return occupancy.Hook{What: occupancy.Counted, Channel: channel, Sockets: sockets}
}

// add has something told, in batches.
func (h *hooks) add(found []occupancy.Hook) {
	for batch := range slices.Chunk(found, hook.Most) {
		h.batches = append(h.batches, batch)
	}
	if over := len(h.batches) - occupancy.MaxNews; over > 0 {
		h.batches = h.batches[over:]
		h.told, h.lost = h.told+uint64(over), h.lost+uint64(over)
	}
}

// ripen has told what is due.
func (a *app) ripen(now time.Time) {
	var keys []dueKey
	for key, at := range a.hooks.due {
		if !at.After(now) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(x, y dueKey) int {
		return cmp.Or(a.hooks.due[x].Compare(a.hooks.due[y]), cmp.Compare(x.channel, y.channel), cmp.Compare(x.what, y.what), cmp.Compare(x.user, y.user))
	})
	var found []occupancy.Hook
	for _, key := range keys {
		delete(a.hooks.due, key)
		if key.what == occupancy.Counted {
			found = append(found, a.hooks.count(key.channel, a.standing(key.channel, false).GetSockets(), now))
			continue
		}
		found = append(found, occupancy.Hook{What: key.what, Channel: key.channel, User: key.user})
	}
	a.hooks.add(found)
}

// News answers what webhooks are to be told.
func (s *Store) News(context.Context) (all []occupancy.News, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, a := range s.apps {
		a.ripen(s.now())
		if h := &a.hooks; len(h.batches) > 0 {
			all = append(all, occupancy.News{
				App: name, Project: h.wanted.GetProject(), Batches: slices.Clone(h.batches), First: h.told, Began: a.id, Lost: h.lost,
			})
			h.lost = 0
		}
	}
	return all, nil
}

// Told forgets the first batches.
func (s *Store) Told(_ context.Context, news occupancy.News, n int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.apps[news.App]; a != nil && a.id == news.Began && a.hooks.told == news.First {
		a.hooks.batches, a.hooks.told = a.hooks.batches[n:], a.hooks.told+uint64(n)
	}
	return nil
}
