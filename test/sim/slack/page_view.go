package slack

// What the page shows at most.
const (
	shownThreads  = 200
	shownMessages = 300
)

// pageView is what the page's template reads.
type pageView struct {
	Team, Channel     string
	ThreadTS          string
	Picked            bool
	Link              string // url, socket or nobody
	Connections       int
	Pending           int
	Used, Limit, High int
	BudgetOff         bool
	Frozen            string
	Operators         []User
	Threads           []threadRow
	More              int
	Empty             bool
	Current           threadRow
	Summary           string
	Older             int
	Messages          []messageRow
	Troubles          []troubleRow
	OtherFaults       int
	Archived          bool
}

// pageView collects everything under one lock, so that the page is of one moment.
func (s *Server) pageView(ts string, picked bool) *pageView {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.home()
	v := &pageView{Team: s.world.TeamName, Channel: ch.Name, Picked: picked, ThreadTS: ts, Archived: ch.Archived}
	if !picked {
		v.ThreadTS = ch.newest()
	}
	if ch.Messages[v.ThreadTS] == nil {
		v.ThreadTS = ""
	}
	s.viewStatus(v, ch)
	s.viewThreads(v, ch)
	s.viewTimeline(v, ch)
	s.viewTroubles(v)
	for _, id := range s.world.UserOrder {
		if u := s.world.Users[id]; !u.IsBot {
			v.Operators = append(v.Operators, *u)
		}
	}
	return v
}

func (s *Server) viewStatus(v *pageView, ch *channel) {
	now := s.clock.Now()
	v.Link, v.Pending, v.Connections = "nobody", s.engine.pending, len(s.sockets.open)
	switch {
	case s.world.Hooks.Events != "":
		v.Link = "url"
	case v.Connections > 0:
		v.Link = "socket"
	}
	posts := s.limits.method("chat.postMessage", tierPost)
	v.Used, v.Limit, v.BudgetOff = posts.window.Used(now), posts.window.Limit, s.limits.budget.Off
	v.High = v.Limit * 3 / 4
	until := posts.freeze.Until
	if g := s.limits.channels[ch.ID]; g != nil && g.freeze.Until.After(until) {
		until = g.freeze.Until
	}
	if until.After(now) {
		v.Frozen = until.Local().Format("15:04:05")
	}
}

// root says whether a message of the timeline begins a thread on the page.
func (m *Message) begins() bool { return m.ThreadTS == "" && m.Ephemeral == "" && !m.service() }

// newest is the root of the thread with the latest message; "" if there is none.
func (ch *channel) newest() (newest string) {
	last := ""
	for _, ts := range ch.Timeline {
		if m := ch.Messages[ts]; m.begins() && m.listed() && ch.latest(ts) > last {
			newest, last = ts, ch.latest(ts)
		}
	}
	return newest
}

// latest is the ts of a thread's last message.
func (ch *channel) latest(root string) string {
	if t := ch.Threads[root]; t != nil && len(t.Replies) > 0 {
		return t.Replies[len(t.Replies)-1]
	}
	return root
}
