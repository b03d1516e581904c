package discord

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"
	"unicode"
)

// What the page shows at most.
const (
	shownThreads  = 200
	shownMessages = 300
)

// pageView is what the page's template reads.
type pageView struct {
	Guild, Channel string
	Forum          bool
	ThreadID       string
	Picked         bool
	Link           string // gateway or nobody
	Endpoint       string
	Frozen         string
	Broken, Denied int
	BudgetOff      bool
	Operators      []User
	Commands       string // JSON
	Tags           []string
	Threads        []threadRow
	More           int
	Empty          bool
	Current        threadRow
	Summary        string
	Older          int
	Messages       []messageRow
	Troubles       []troubleRow
	OtherFaults    int
	selected       *channel
}

type threadRow struct {
	ID            string
	Name, State   string
	Initial, Last string
	Hue           int
	Time, Typing  string
	Tags          []string
	New           int // visitor's messages since the last operator's
	Selected      bool
	at            time.Time
}

// pageView collects everything under one lock, so that the page is of one moment.
func (s *Server) pageView(threadID string, picked bool) *pageView {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.archiveIdle()
	home := s.world.home()
	v := &pageView{Guild: s.world.Guild.Name, Channel: home.Name, Forum: home.Type == typeForum, Picked: picked, ThreadID: threadID}
	if !picked {
		v.ThreadID = s.world.newestThread()
	}
	if v.selected = s.world.Channels[v.ThreadID]; v.selected == nil {
		v.ThreadID = ""
		if !v.Forum {
			v.selected, v.ThreadID = home, home.ID
		}
	}
	for _, t := range home.Tags {
		v.Tags = append(v.Tags, t.Name)
	}
	s.viewStatus(v)
	s.viewThreads(v)
	s.viewTimeline(v)
	s.viewTroubles(v)
	for _, u := range s.world.Users {
		if !u.Bot && u.ID != ownerID {
			v.Operators = append(v.Operators, *u)
		}
	}
	slices.SortFunc(v.Operators, func(a, b User) int { return compareIDs(a.ID, b.ID) })
	return v
}

func (s *Server) viewStatus(v *pageView) {
	v.Link, v.Endpoint = "nobody", s.world.App.Endpoint
	if s.gateway.connected() {
		v.Link = "gateway"
	}
	limits := s.limits.report(s.clock.Now())
	v.Broken, v.Denied, v.BudgetOff = limits.Violations, limits.Denied, s.limits.budget.Off
	var until time.Time
	for _, b := range limits.Buckets {
		if b.FrozenTill.After(until) {
			until = b.FrozenTill
		}
	}
	if !until.IsZero() {
		v.Frozen = until.Local().Format("15:04:05")
	}
	type shownCommand struct {
		Name    string   `json:"name"`
		Options []string `json:"options"`
	}
	commands := []shownCommand{}
	for _, c := range s.world.Commands {
		shown := shownCommand{Name: c.Name, Options: []string{}}
		for _, o := range c.Options {
			shown.Options = append(shown.Options, o.Name)
		}
		commands = append(commands, shown)
	}
	data, _ := json.Marshal(commands) // strings always encode
	v.Commands = string(data)
}

// newestThread is the thread with the latest message that is not deleted; "" if there is none.
func (w *world) newestThread() (newest string) {
	last := ""
	for _, id := range w.Order {
		if ch := w.Channels[id]; ch.isThread() && !ch.Deleted && ch.LastID != "" && compareIDs(ch.LastID, last) > 0 {
			newest, last = id, ch.LastID
		}
	}
	return newest
}

func (s *Server) viewThreads(v *pageView) {
	rows := []threadRow{}
	for _, id := range s.world.Order {
		if ch := s.world.Channels[id]; ch.isThread() {
			rows = append(rows, s.threadRow(ch))
		}
	}
	slices.SortStableFunc(rows, func(a, b threadRow) int { return b.at.Compare(a.at) })
	v.Empty = len(rows) == 0
	if len(rows) > shownThreads {
		v.More = len(rows) - shownThreads
		rows = rows[:shownThreads]
	}
	if home := s.world.home(); !v.Forum {
		row := s.threadRow(home)
		row.State = "channel"
		rows = append([]threadRow{row}, rows...)
	}
	for i := range rows {
		rows[i].Selected = rows[i].ID == v.ThreadID
	}
	v.Threads = rows
	v.Current = threadRow{Name: v.Channel, State: "channel", Initial: "#", Hue: 235}
	if v.selected != nil {
		v.Current = s.threadRow(v.selected)
	}
}

func (s *Server) threadRow(ch *channel) threadRow {
	view := s.threadView(ch)
	row := threadRow{
		ID: ch.ID, Name: ch.Name, State: string(view.State), Initial: initial(ch.Name), Hue: hue(ch.Name), at: ch.Created,
		Typing: view.Typing, Tags: view.Tags,
	}
	for i := len(ch.MessageIDs) - 1; i >= 0; i-- {
		m := s.world.Messages[ch.MessageIDs[i]]
		if i == len(ch.MessageIDs)-1 {
			row.at = m.At
		}
		if !m.System() && !m.Deleted && row.Last == "" {
			row.Last = s.summary(m)
			if !m.Author.Bot {
				row.Last = m.Author.Name + ": " + row.Last
			}
		}
		if !m.System() && !m.Author.Bot || row.New == 99 {
			break
		}
		if m.FromBot() && !m.Deleted && m.OnlyFor == "" {
			row.New++
		}
	}
	row.Time = row.at.Local().Format("15:04")
	return row
}

func (s *Server) summary(m *Message) string {
	text := strings.Join(strings.Fields(s.messageView(m).Shown), " ")
	if text == "" && len(m.Attachments) > 0 {
		text = "[" + m.Attachments[0].Name + "]"
	}
	if text == "" && len(m.Embeds) > 0 {
		text = "[embed]"
	}
	return clipRunes(text, 80)
}

func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "·"
}

// hue gives every name a colour of its own.
func hue(name string) int {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, name)
	return int(h.Sum32() % 360)
}
