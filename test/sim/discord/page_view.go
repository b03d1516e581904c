package discord

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
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

func (s *Server) summary(m *Message) string {
	text := strings.Join(strings.Fields(s.messageView(m).Shown), " ")
	if text == "" && len(m.Attachments) > 0 {
		text = "[" + m.Attachments[0].Name + "]"
	}
	if text == "" && len(m.Embeds) > 0 {
		e := s.embedRowOf(m.Embeds[0])
		text = strings.Join(strings.Fields(strings.Join([]string{e.Title, s.world.shown(e.Source)}, " ")), " ")
	}
	return clipRunes(text, 80)
}
