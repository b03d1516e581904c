package discord

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/page"
)

type messageRow struct {
	ID                     string
	Day, Service           string
	Side                   string // theirs: bots; ours: the people of the guild
	Author, Tag            string
	Initial                string
	Hue                    int
	ReplyAuthor, ReplyText string
	Text                   template.HTML
	Raw                    string
	Images                 []string
	Files                  []fileRow
	Embeds                 []embedRow
	Edited, Time           string
	Deleted, Editable      bool
	Private                string
	Pinged                 string
	Reactions              []reactionRow
	Buttons                [][]buttonRow
	Toast                  string
	ThreadID, ThreadName   string
}

type (
	reactionRow struct{ Emoji, Who string }
	fileRow     struct{ Name, URL, Size string }
	buttonRow   struct{ Label, Key, URL, Class string }
	embedRow    struct {
		Author, Title, Footer string
		Source                string // of the description
		Description           template.HTML
		Fields                []struct{ Name, Value string }
	}
)

var buttonClasses = map[int]string{1: "primary", 3: "success", 4: "danger"}

func (s *Server) viewTimeline(v *pageView) {
	if v.selected == nil {
		v.Summary = "Every post of this forum is a conversation"
		return
	}
	ids := v.selected.MessageIDs
	v.Summary = fmt.Sprintf("%d messages", len(ids))
	if len(ids) == 1 {
		v.Summary = "1 message"
	}
	if len(ids) > shownMessages {
		v.Older = len(ids) - shownMessages
		ids = ids[v.Older:]
	}
	toasts := map[string]string{}
	for _, i := range s.world.Interactions {
		toasts[i.MessageID] = toast(s.interactionView(i))
	}
	day := ""
	for _, id := range ids {
		m := s.world.Messages[id]
		row := s.messageRow(m)
		row.Toast = toasts[id]
		if d := m.At.Local().Format("Monday, 2 January"); d != day {
			row.Day, day = d, d
		}
		v.Messages = append(v.Messages, row)
	}
}

func toast(i Interaction) string {
	switch i.Verdict {
	case VerdictFailed:
		return "This interaction failed (" + i.User.Name + ")"
	case VerdictWaiting:
		return i.User.Name + "'s button waits for the bot…"
	}
	return ""
}

func (s *Server) messageRow(m *Message) messageRow {
	row := messageRow{
		ID: m.ID, Author: m.Author.Name, Initial: page.Initial(m.Author.Name), Hue: page.Hue(m.Author.Name), Side: "ours",
		Text: s.world.textHTML(m.Text), Raw: m.Text, Time: m.At.Local().Format("15:04"), Deleted: m.Deleted,
		Pinged: strings.Join(m.Notified, ", "), Editable: !m.Author.Bot && !m.System(),
	}
	if m.System() {
		row.Service = serviceText(m)
		return row
	}
	switch {
	case m.WebhookID != "":
		row.Side, row.Tag = "theirs", "webhook"
	case m.Author.Bot:
		row.Side, row.Tag = "theirs", "app"
	}
	if u := s.world.Users[m.OnlyFor]; u != nil {
		row.Private = "Only " + u.Name + " can see this"
	}
	if m.Flags&flagLoading != 0 {
		row.Private = "thinking…"
	}
	if len(m.History) > 0 {
		row.Edited = "before: " + m.History[len(m.History)-1].Text
	}
	if m.ReplyTo != "" {
		row.ReplyText = "Original message was deleted"
		if target := s.world.Messages[m.ReplyTo]; target != nil && !target.Deleted {
			row.ReplyAuthor, row.ReplyText = target.Author.Name, s.summary(target)
		}
	}
	if t := s.world.Channels[m.ThreadID]; t != nil && !t.Deleted && t.ID != m.ChannelID {
		row.ThreadID, row.ThreadName = t.ID, t.Name
	}
	s.decorate(&row, m)
	return row
}

// decorate adds what hangs on a message.
func (s *Server) decorate(row *messageRow, m *Message) {
	for _, r := range m.Reactions {
		who := ""
		if u := s.world.Users[r.UserID]; u != nil {
			who = u.Name
		}
		row.Reactions = append(row.Reactions, reactionRow{Emoji: r.Emoji, Who: who})
	}
	for _, a := range m.Attachments {
		address := "/_sim/files/" + a.ID
		if a.Width > 0 {
			row.Images = append(row.Images, address)
			continue
		}
		row.Files = append(row.Files, fileRow{Name: a.Name, URL: address, Size: byteSize(a.Size)})
	}
	for _, e := range m.Embeds {
		row.Embeds = append(row.Embeds, s.embedRowOf(e))
	}
	for _, line := range m.Buttons {
		var buttons []buttonRow
		for _, b := range line {
			key := b.CustomID
			if b.Disabled {
				key = ""
			}
			buttons = append(buttons, buttonRow{
				Label: strings.TrimSpace(b.Emoji + " " + b.Label), Key: key, URL: b.URL, Class: buttonClasses[b.Style],
			})
		}
		row.Buttons = append(row.Buttons, buttons)
	}
}

// embedRowOf shows an embed as Discord does: of its texts, title and description have markup.
func (s *Server) embedRowOf(raw json.RawMessage) embedRow {
	var e struct {
		Author             struct{ Name string }
		Title, Description string
		Footer             struct{ Text string }
		Fields             []struct{ Name, Value string }
	}
	_ = json.Unmarshal(raw, &e) // it was checked when it came
	return embedRow{Author: e.Author.Name, Title: e.Title, Description: s.world.textHTML(e.Description), Source: e.Description, Footer: e.Footer.Text, Fields: e.Fields}
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

func serviceText(m *Message) string {
	switch m.Type {
	case TypeRename:
		return fmt.Sprintf("%s changed the name to “%s”", m.Author.Name, m.Text)
	case TypeThreadCreated:
		return fmt.Sprintf("%s started the thread “%s”", m.Author.Name, m.Text)
	}
	return "The thread begins with " + m.Author.Name + "'s message in the channel"
}
