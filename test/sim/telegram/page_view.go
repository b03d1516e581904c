package telegram

import (
	"slices"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/page"
)

// What the page shows at most.
const (
	shownTopics   = 200
	shownMessages = 300
)

// pageView is what the page's template reads.
type pageView struct {
	Group             string
	ChatID            int64
	Groups            []groupRow // empty if there is only one
	TopicID           int64
	Picked            bool
	Link              string // webhook, polling or nobody
	Pending           int
	Used, Limit, High int
	BudgetOff         bool
	Frozen            string
	Operators         []User
	Topics            []topicRow
	More              int
	Empty             bool
	Current           topicRow
	Summary           string
	Older             int
	Messages          []messageRow
	Troubles          []troubleRow
	OtherFaults       int
	selected          *thread
}

type topicRow struct {
	ID            int64
	Name, State   string
	Initial, Last string
	Hue           int
	Time, Typing  string
	New           int // visitor's messages since the last operator's
	Selected      bool
	at            time.Time
}

type groupRow struct {
	ID       int64
	Title    string
	Selected bool
}

// pageView collects everything of a group (0, or one that does not exist: the first) under one lock, so that the page is of one moment.
func (s *Server) pageView(chatID, topicID int64, picked bool) *pageView {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.chatOf(chatID)
	if g == nil {
		g = s.home()
	}
	v := &pageView{Group: g.Title, ChatID: g.ID, Picked: picked, TopicID: topicID}
	if all := s.groups(); len(all) > 1 {
		for _, one := range all {
			v.Groups = append(v.Groups, groupRow{one.ID, one.Title, one == g})
		}
	}
	if !picked {
		v.TopicID = g.newest()
	}
	v.selected = g.Topics[v.TopicID]
	if v.selected == nil {
		v.TopicID = 0
	}
	s.viewStatus(v, g)
	s.viewTopics(v, g)
	s.viewTimeline(v, g)
	s.viewTroubles(v, g)
	for _, u := range s.world.Users {
		if !u.IsBot {
			v.Operators = append(v.Operators, *u)
		}
	}
	slices.SortFunc(v.Operators, func(a, b User) int { return int(a.ID - b.ID) })
	return v
}

func (s *Server) viewStatus(v *pageView, g *group) {
	now := s.clock.Now()
	s.expire()
	v.Link, v.Pending = "nobody", len(s.world.Pending)
	switch {
	case s.world.Hook.URL != "":
		v.Link = "webhook"
	case s.poll.stop != nil:
		v.Link = "polling"
	}
	limits := s.limits.report(now).Chats[g.ID]
	v.Used, v.Limit, v.BudgetOff = limits.InWindow, s.limits.budget.GroupLimit, s.limits.budget.Off
	v.High = v.Limit * 3 / 4
	if !limits.FrozenTill.IsZero() {
		v.Frozen = limits.FrozenTill.Local().Format("15:04:05")
	}
}

// newest is the topic with the latest message that is not deleted; 0 if there is none.
func (g *group) newest() (newest int64) {
	var last int64
	for _, id := range g.Order {
		t := g.Topics[id]
		if n := len(t.MessageIDs); t.State != TopicDeleted && n > 0 && t.MessageIDs[n-1] > last {
			newest, last = id, t.MessageIDs[n-1]
		}
	}
	return newest
}

func (s *Server) viewTopics(v *pageView, g *group) {
	rows := make([]topicRow, 0, len(g.Order))
	for _, id := range g.Order {
		rows = append(rows, s.topicRow(g, g.Topics[id]))
	}
	slices.SortStableFunc(rows, func(a, b topicRow) int { return b.at.Compare(a.at) })
	general := topicRow{Name: "General", State: string(TopicOpen), Initial: "#", Hue: 210, Last: "Everything outside of topics"}
	v.Empty = len(rows) == 0
	if len(rows) > shownTopics {
		v.More = len(rows) - shownTopics
		rows = rows[:shownTopics]
	}
	v.Topics = append(rows, general)
	v.Current = general
	for i := range v.Topics {
		if v.Topics[i].ID == v.TopicID {
			v.Topics[i].Selected = true
		}
	}
	if v.selected != nil {
		v.Current = s.topicRow(g, v.selected)
	}
}

func (s *Server) topicRow(g *group, t *thread) topicRow {
	view := s.topicView(t)
	row := topicRow{
		ID: t.ID, Name: t.Name, State: string(t.State), Initial: page.Initial(t.Name), Hue: page.Hue(t.Name), at: t.Created,
		Typing: strings.ReplaceAll(view.Typing, "_", " "),
	}
	for i := len(t.MessageIDs) - 1; i >= 0; i-- {
		m := g.Messages[t.MessageIDs[i]]
		if i == len(t.MessageIDs)-1 {
			row.at = m.Date
		}
		if m.Service == nil && row.Last == "" {
			row.Last = summary(m)
			if !m.From.IsBot {
				row.Last = m.From.FirstName + ": " + row.Last
			}
		}
		if m.Service == nil && !m.From.IsBot || row.New == 99 {
			break
		}
		if m.FromBot() && !m.Deleted {
			row.New++
		}
	}
	row.Time = row.at.Local().Format("15:04")
	return row
}
