package slack

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/page"
	"github.com/bellhop-chat/bellhop/test/sim/slack/block"
	"github.com/bellhop-chat/bellhop/test/sim/slack/emoji"
)

type messageRow struct {
	TS                string
	Day, Service      string
	Side              string // theirs: apps; ours: people
	Author, Tag       string
	Initial           string
	Hue               int
	Text              template.HTML
	Raw               string
	Previews          []preview
	Files             []fileRow
	Edited, Time      string
	Deleted, Editable bool
	Pinged            string
	OnlyFor           string
	Reactions         []reactionRow
	Buttons           []block.Button
	Toast             string
	Replies           int
	Root              string // of a broadcast
}

type reactionRow struct{ Name, Char, Who string }

type fileRow struct {
	Name, Size, URL string
	Picture, Gone   bool
}

type preview struct{ Title, Text string }

func (s *Server) viewTimeline(v *pageView, ch *channel) {
	all := ch.Timeline
	if v.ThreadTS != "" {
		all = []string{v.ThreadTS}
		if t := ch.Threads[v.ThreadTS]; t != nil {
			all = append(all, t.Replies...)
		}
	}
	v.Summary = fmt.Sprintf("%d messages", len(all))
	if len(all) > shownMessages {
		v.Older = len(all) - shownMessages
		all = all[v.Older:]
	}
	toasts := map[string]string{}
	for _, i := range s.world.Interactions {
		toasts[i.TS] = toast(i)
	}
	day := ""
	for _, ts := range all {
		m := ch.Messages[ts]
		row := s.messageRow(ch, m)
		row.Toast = toasts[ts]
		if v.ThreadTS == "" {
			row.Replies = ch.digest(ts).count
			row.Root = m.ThreadTS
		}
		if d := m.Date.Local().Format("Monday, 2 January"); d != day {
			row.Day, day = d, d
		}
		v.Messages = append(v.Messages, row)
	}
}

func toast(i *Interaction) string {
	switch {
	case i.Failed != "":
		return "to " + i.User.RealName + ": " + i.Failed
	case !i.Done:
		return i.User.RealName + "'s button waits for the app…"
	}
	return ""
}

func (s *Server) messageRow(ch *channel, m *Message) messageRow {
	name := m.From.RealName
	if m.Username != "" {
		name = m.Username
	}
	row := messageRow{
		TS: m.TS, Author: name, Initial: page.Initial(name), Hue: page.Hue(name), Side: "ours", Raw: s.plain(m.Text), Time: hourMinute(m.Date),
		Deleted: m.Deleted, Pinged: strings.Join(m.Notified, ", "), Buttons: m.Buttons, Editable: m.BotID == "" && !m.service(),
	}
	if m.service() {
		row.Service = strings.TrimSpace(name + " " + strings.TrimPrefix(m.Shown, "@"+name+" "))
		return row
	}
	if m.From.IsBot {
		row.Side, row.Tag = "theirs", "app"
	}
	if m.Ephemeral != "" {
		row.OnlyFor = s.world.Users[m.Ephemeral].RealName
	}
	row.Text = s.messageHTML(m)
	if len(m.History) > 0 {
		row.Edited = "before: " + m.History[len(m.History)-1].Shown
	}
	for _, r := range m.Reactions {
		var who []string
		for _, id := range r.Users {
			who = append(who, s.world.Users[id].RealName)
		}
		row.Reactions = append(row.Reactions, reactionRow{Name: r.Name, Char: emojiChar(":" + r.Name + ":"), Who: strings.Join(who, ", ")})
	}
	row.attach(s, m)
	return row
}

func (row *messageRow) attach(s *Server, m *Message) {
	for _, id := range m.Files {
		f := s.world.Files[id]
		row.Files = append(row.Files, fileRow{
			Name: f.Name, Size: byteSize(f.Size), URL: "/_sim/files/" + f.ID, Picture: f.picture() && !f.Deleted, Gone: f.Deleted,
		})
	}
	var list []struct {
		Title, Text, Fallback string
	}
	_ = json.Unmarshal(m.shownAttachments(), &list) // nothing to show of what cannot be read
	for _, a := range list {
		if a.Title == "" {
			a.Title = a.Fallback
		}
		row.Previews = append(row.Previews, preview{Title: s.plain(a.Title), Text: s.plain(a.Text)})
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

// emojiChar turns :name: into its character, if there is one.
func emojiChar(short string) string {
	if char := emoji.Char(strings.Trim(short, ":")); char != "" {
		return char
	}
	return short
}
