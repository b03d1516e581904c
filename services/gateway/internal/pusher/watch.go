package pusher

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// watched are the users that sockets here want to know of.
type watched struct {
	mu sync.Mutex
	// by user: who watches him, and whether he has been told how he stands.
	by map[string]map[*conn]bool
	// state is what is known of a user.
	state map[string]online
}

type online struct {
	version uint64
	online  bool
}

// has tells whether somebody watches the user whose channel this is.
func (w *watched) has(channel string) bool {
	user, of := strings.CutPrefix(channel, userPrefix)
	if !of {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.by[user] != nil
}

// heard notes whether a user is online, and tells who watches him when that has changed.
func (w *watched) heard(channel string, version uint64, now bool) {
	user := strings.TrimPrefix(channel, userPrefix)
	w.mu.Lock()
	defer w.mu.Unlock()
	before, known := w.state[user]
	if w.by[user] == nil || known && version <= before.version {
		return
	}
	if w.state == nil {
		w.state = map[string]online{}
	}
	w.state[user] = online{version, now}
	if before.online == now { // of whom nothing was known is said to be offline
		return
	}
	data := watchEvents(map[bool][]string{now: {user}})
	for c, told := range w.by[user] {
		if told {
			c.tell(data)
		}
	}
}

// watch tells a socket how the users stand that it watches, and from then on what changes.
func (w *watched) watch(c *conn, users []string) {
	if !w.begin(c, users) {
		return
	}
	w.look(c.server.ctx, c.server, users)
	w.mu.Lock()
	defer w.mu.Unlock()
	stand := map[bool][]string{}
	for _, user := range slices.Compact(slices.Sorted(slices.Values(users))) {
		if _, watches := w.by[user][c]; !watches { // it has ended meanwhile
			return
		}
		w.by[user][c] = true
		stand[w.state[user].online] = append(stand[w.state[user].online], user)
	}
	c.tell(watchEvents(stand))
}

// begin has it heard how users stand, for a socket that is not told yet. It answers whether that is there still.
func (w *watched) begin(c *conn, users []string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	c.Mu.Lock()
	closed := c.Closed // before it stops watching
	c.Mu.Unlock()
	for _, user := range users {
		switch {
		case closed:
		case w.by[user] == nil:
			w.by[user] = map[*conn]bool{c: false}
		default:
			w.by[user][c] = false
		}
	}
	return !closed
}

// unwatch is for a socket that ends.
func (w *watched) unwatch(c *conn, users []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, user := range users {
		delete(w.by[user], c)
		if len(w.by[user]) == 0 {
			delete(w.by, user)
			delete(w.state, user)
		}
	}
}

func (w *watched) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Keys(w.by))
}

// forgotten begins anew with a sessions service whose versions do.
func (w *watched) forgotten() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for user, o := range w.state {
		w.state[user] = online{0, o.online}
	}
}

// knows tells whether it is known if a user is online.
func (w *watched) knows(channel string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, known := w.state[strings.TrimPrefix(channel, userPrefix)]
	return known
}

// look asks how users stand. What cannot be asked now is asked again soon; so is what has changed in a state that not all gateways have reported
// to, or who is not there.
func (w *watched) look(ctx context.Context, s *Server, users []string) {
	for len(users) > 0 {
		n := min(reportMost, len(users))
		lease, _ := s.reports.state()
		request := &sessionsv1.LookRequest{App: s.AppID}
		for _, user := range users[:n] {
			request.Channels = append(request.Channels, userPrefix+user)
		}
		call, cancel := context.WithTimeout(ctx, reportTimeout)
		answer, err := s.Channels.Look(call, request)
		cancel()
		if err != nil || s.reports.renew(ctx) != nil {
			return
		}
		s.reports.saw(answer.GetStandings())
		now, settled := s.reports.state()
		if now != lease {
			return
		}
		for _, now := range answer.GetStandings() {
			if !settled && (now.GetSockets() == 0 || w.knows(now.GetChannel())) {
				continue
			}
			w.heard(now.GetChannel(), now.GetVersion(), now.GetSockets() > 0)
		}
		users = users[n:]
	}
}

// watchEvents says who is online and who is not.
func watchEvents(stand map[bool][]string) []byte {
	type event struct {
		Name  string   `json:"name"`
		Users []string `json:"user_ids"`
	}
	var events []event
	for _, is := range []struct {
		online bool
		name   string
	}{{true, "online"}, {false, "offline"}} {
		if users := stand[is.online]; len(users) > 0 {
			events = append(events, event{is.name, users})
		}
	}
	return say("pusher_internal:watchlist_events", "", struct {
		Events []event `json:"events"`
	}{events})
}
