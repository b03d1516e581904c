package telegram

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/page"
)

type messageRow struct {
	ID                     int64
	Day, Service           string
	Side                   string // theirs: the bot; ours: the people of the group
	Author, Tag            string
	Initial                string
	Hue                    int
	ReplyAuthor, ReplyText string
	Text                   template.HTML
	Raw                    string
	Images                 []string
	File, FileSize         string
	FileURL                string
	Edited, Time           string
	Deleted, Editable      bool
	Pinged                 string
	Reactions              []reactionRow
	Buttons                [][]Button
	Toast                  string
}

type reactionRow struct{ Emoji, Who string }

func (s *Server) viewTimeline(v *pageView, g *group) {
	ids := g.General
	if v.selected != nil {
		ids = v.selected.MessageIDs
	}
	v.Summary = fmt.Sprintf("%d messages", len(ids))
	if len(ids) > shownMessages {
		v.Older = len(ids) - shownMessages
		ids = ids[v.Older:]
	}
	toasts := map[int64]string{}
	for _, q := range s.world.Callbacks {
		if q.ChatID == g.ID {
			toasts[q.MessageID] = toast(q, s)
		}
	}
	day := ""
	for _, id := range ids {
		m := g.Messages[id]
		row := s.messageRow(g, m)
		row.Toast = toasts[id]
		if d := m.Date.Local().Format("Monday, 2 January"); d != day {
			row.Day, day = d, d
		}
		v.Messages = append(v.Messages, row)
	}
}

func toast(q *Callback, s *Server) string {
	switch {
	case q.Answered && q.Text != "":
		return "“" + q.Text + "” to " + q.User.FirstName
	case q.Answered:
		return ""
	case s.clock.Now().Sub(q.At) > s.opts.CallbackTimeout:
		return "the bot never answered " + q.User.FirstName + "'s button"
	}
	return q.User.FirstName + "'s button waits for the bot…"
}

func (s *Server) messageRow(g *group, m *Message) messageRow {
	row := messageRow{
		ID: m.ID, Author: m.From.FirstName, Initial: page.Initial(m.From.FirstName), Hue: page.Hue(m.From.FirstName), Side: "ours",
		Text: textHTML(m.Text, m.Entities), Raw: m.Text, Time: m.Date.Local().Format("15:04"), Deleted: m.Deleted,
		Pinged: strings.Join(m.Notified, ", "), Buttons: m.Buttons, Editable: !m.From.IsBot && m.Service == nil,
	}
	if m.Service != nil {
		row.Service = s.serviceText(g, m)
		return row
	}
	if m.From.IsBot {
		row.Side, row.Tag = "theirs", "bot"
	}
	if m.Anonymous != "" {
		row.Side, row.Author, row.Tag = "ours", g.Title, m.Anonymous
	}
	if len(m.History) > 0 {
		row.Edited = "before: " + m.History[len(m.History)-1].Text
	}
	if target := g.Messages[m.ReplyTo]; target != nil {
		row.ReplyAuthor, row.ReplyText = target.From.FirstName, summary(target)
		if m.Quote != "" {
			row.ReplyText = m.Quote
		}
	}
	for _, r := range m.Reactions {
		who := ""
		if u := s.world.Users[r.UserID]; u != nil {
			who = u.FirstName
		}
		row.Reactions = append(row.Reactions, reactionRow{Emoji: r.Emoji, Who: who})
	}
	row.media(m.Media)
	return row
}

func (row *messageRow) media(m *Media) {
	if m == nil {
		return
	}
	f := m.Files[len(m.Files)-1]
	address := "/_sim/files/" + f.ID
	if m.Kind == "photo" {
		row.Images = append(row.Images, address)
		return
	}
	row.File, row.FileURL, row.FileSize = f.Name, address, byteSize(f.Size)
	if row.File == "" {
		row.File = m.Kind
	}
}

func byteSize(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}

func (s *Server) serviceText(g *group, m *Message) string {
	who, what := m.From.FirstName, m.Service
	switch what.Kind {
	case "topic_created":
		return fmt.Sprintf("%s created the topic “%s”", who, what.Name)
	case "topic_edited":
		if what.Name == "" {
			return who + " changed the topic's icon"
		}
		return fmt.Sprintf("%s renamed the topic to “%s”", who, what.Name)
	case "topic_closed":
		return who + " closed the topic"
	case "topic_reopened":
		return who + " reopened the topic"
	case "pinned":
		if pinned := g.Messages[what.Ref]; pinned != nil {
			return fmt.Sprintf("%s pinned “%s”", who, summary(pinned))
		}
		return who + " pinned a message"
	case "migrated_to", "migrated_from":
		return "The group became a supergroup"
	}
	return who + " " + what.Kind
}
