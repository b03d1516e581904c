package pusher

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// goneMost is how many a report says at most to be gone from one channel: while the sessions service is away they become more and more.
const goneMost = 10_000

// presence is who is in a presence channel: here, by their sockets, and over all gateways, as the sessions service says.
type presence struct {
	// here are users with sockets here, and those without whom the sessions service may still take for being here.
	here map[string]*guest

	// roster is who is in the channel, with what is known of each; known tells that it is complete as of version, doubtful that somebody in it
	// may be gone.
	roster          map[string]string
	version         uint64
	known, doubtful bool
	// success is the frame for who comes in, as long as the roster is the same: when all come back at once it is the same for all. It is forgotten
	// every now and then.
	success []byte
	// heard is the newest version that was announced before anything was known.
	heard uint64
	// waiters wait until the sessions service has let them in, or has not; nil when nobody does.
	waiters map[*conn]waiter
}

// guest is a user.
type guest struct {
	info    string
	sockets int
	// told tells that the sessions service may have heard of him: from the moment that a report is made, for its answer may be lost. Only that a
	// report was taken by which he is gone, or he was refused, ends that.
	told bool
	// reported tells that it knows him to be here, again that he was reported under an earlier lease.
	reported, again bool
}

// doubt is for what is not known to be reported any more.
func (g *guest) doubt() { g.reported, g.again = false, g.again || g.reported }

// waiter is a socket that waits, until its time is over.
type waiter struct {
	user string
	over *time.Timer
}

// arrive counts a socket of a user in. It answers whether he is in already; or else the sessions service must be asked.
func (p *presence) arrive(user, info string) (in bool) {
	if p.here == nil {
		p.here = map[string]*guest{}
	}
	g := p.here[user]
	if g == nil {
		g = &guest{}
		p.here[user] = g
	}
	if g.sockets == 0 {
		g.info = info
	}
	g.sockets++
	return g.reported && p.known
}

// wait has a socket wait.
func (p *presence) wait(c *conn, w waiter) {
	if p.waiters == nil {
		p.waiters = map[*conn]waiter{}
	}
	p.waiters[c] = w
}

// wake has a socket wait no longer. It answers whether it did.
func (p *presence) wake(c *conn) bool {
	w, waits := p.waiters[c]
	if waits {
		w.over.Stop()
	}
	if delete(p.waiters, c); len(p.waiters) == 0 {
		p.waiters = nil
	}
	return waits
}

// at tells whether a user has sockets here.
func (p *presence) at(user string) bool {
	g := p.here[user]
	return g != nil && g.sockets > 0
}

// depart counts a socket of a user out.
func (p *presence) depart(c *conn, user string) {
	p.wake(c)
	if !p.at(user) {
		return
	}
	g := p.here[user]
	g.sockets--
	p.tidy(user, g)
}

// tidy forgets who has no socket here, and of whom the sessions service knows nothing.
func (p *presence) tidy(user string, g *guest) {
	if g.sockets == 0 && !g.told {
		delete(p.here, user)
	}
}

// move says who came and who went since the last report that is known to have been taken.
func (p *presence) move(m *sessionsv1.Move) {
	for _, user := range slices.Sorted(maps.Keys(p.here)) {
		switch g := p.here[user]; {
		case g.sockets == 0 && len(m.Gone) == goneMost:
		case g.sockets == 0:
			m.Gone = append(m.Gone, user)
			g.doubt() // so he is reported if he comes back meanwhile
		case !g.reported:
			m.Came = append(m.Came, &sessionsv1.Member{User: user, Info: g.info, Again: g.again})
			g.told = true
		}
	}
}

// moved notes that a report was taken. It answers which of those that wait are let in, and which are not.
func (p *presence) moved(m *sessionsv1.Move, refused []string) (in, no []*conn) {
	out := map[string]bool{}
	for _, user := range refused {
		out[user] = true
	}
	for _, user := range m.GetGone() {
		g := p.here[user]
		g.told, g.again = false, false
		p.tidy(user, g)
	}
	for _, member := range m.GetCame() {
		user := member.GetUser()
		g := p.here[user]
		g.told, g.reported = !out[user], !out[user]
		g.again = g.again && out[user]
		p.tidy(user, g)
	}
	for c, w := range p.waiters {
		switch g := p.here[w.user]; {
		case g.reported && p.known:
			in = append(in, c)
		case out[w.user]:
			no = append(no, c)
		}
	}
	return in, no
}

// forgotten begins anew with a sessions service that knows nothing: everybody is reported again, and its versions begin anew. Who is in the roster
// may be gone: the first announcement of the new state must not hide that, as it says what has changed since nobody was there.
func (p *presence) forgotten() {
	for _, g := range p.here {
		g.doubt()
	}
	p.version, p.doubtful = 0, p.known
}

// members is the data of a success: everybody once.
func (p *presence) members() any {
	type hash map[string]json.RawMessage
	var m struct {
		Presence struct {
			IDs   []string `json:"ids"`
			Hash  hash     `json:"hash"`
			Count int      `json:"count"`
		} `json:"presence"`
	}
	m.Presence.IDs, m.Presence.Hash, m.Presence.Count = slices.Sorted(maps.Keys(p.roster)), hash{}, len(p.roster)
	for user, info := range p.roster {
		m.Presence.Hash[user] = infoOf(info)
	}
	return m
}

// infoOf is what is known of a user as JSON: nothing is null, but never absent.
func infoOf(info string) json.RawMessage {
	if info == "" {
		return json.RawMessage("null")
	}
	return json.RawMessage(info)
}
