package discord

import (
	"slices"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/page"
)

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
		ID: ch.ID, Name: ch.Name, State: string(view.State), Initial: page.Initial(ch.Name), Hue: page.Hue(ch.Name), at: ch.Created,
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
