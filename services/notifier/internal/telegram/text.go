package telegram

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	botapi "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

const edited = "✏️"

// written is a post as it is sent. A text that is too long, which only later edits can make it, ends in a mark.
func written(post deliver.Post) botapi.Outgoing {
	t := text(post)
	if post.Plain {
		return botapi.Outgoing{Text: harmless(t.String())}
	}
	if t.Len() <= botapi.MaxText {
		return botapi.Outgoing{Text: t.String(), Entities: t.Entities()}
	}
	const cut = " … ✂️"
	part := t.Split(botapi.MaxText - utf8.RuneCountInString(cut))[0]
	return botapi.Outgoing{Text: part.Text + cut, Entities: part.Entities}
}

// harmless breaks what Telegram would link in a text without formatting: a word joiner after @ and / is not seen.
func harmless(s string) string {
	s = strings.NewReplacer("@", "@\u2060", "/", "/\u2060").Replace(s)
	if runes := []rune(s); len(runes) > botapi.MaxText {
		s = string(runes[:botapi.MaxText])
	}
	return s
}

// text is what a post shows.
func text(post deliver.Post) *botapi.Text {
	t := &botapi.Text{}
	if post.Card {
		card(t, post.Record)
	}
	if post.Card && len(post.Messages) > 0 {
		t.Plain("\n\n")
	}
	switch len(post.Messages) {
	case 0:
	case 1:
		single(t, post.Record, post.Messages[0])
	default:
		several(t, post.Record, post.Messages)
	}
	return t
}

// single is one message: who, and below it the text exactly as typed.
func single(t *botapi.Text, record *sessionsv1.SessionRecord, m *sessionsv1.MessageRecord) {
	icon, name := author(record, m)
	t.Plain(icon + " ").Bold(name)
	if m.GetMessage().GetEditedAt() != nil {
		t.Plain(" " + edited)
	}
	if content := m.GetMessage().GetContent(); content != "" {
		t.Plain("\n").Verbatim(content)
	}
	attachments(t, m.GetMessage().GetAttachments())
}

// several are a visitor's texts that waited together. Each but the first says how much later it was written.
func several(t *botapi.Text, record *sessionsv1.SessionRecord, messages []*sessionsv1.MessageRecord) {
	icon, name := author(record, messages[0])
	t.Plain(icon + " ").Bold(name)
	begun := messages[0].GetMessage().GetTimestamp().AsTime()
	for i, m := range messages {
		t.Plain("\n")
		if i > 0 {
			t.Italic(later(m.GetMessage().GetTimestamp().AsTime().Sub(begun))).Plain(" ")
		}
		if m.GetMessage().GetEditedAt() != nil {
			t.Plain(edited + " ")
		}
		t.Verbatim(m.GetMessage().GetContent())
	}
}

// later is a time mark: "+4s", "+12min", "+3h".
func later(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("+%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("+%dmin", d/time.Minute)
	default:
		return fmt.Sprintf("+%dh", d/time.Hour)
	}
}

// author is a sender's icon and name; whoever does not write as the visitor is shown with where they wrote.
func author(record *sessionsv1.SessionRecord, m *sessionsv1.MessageRecord) (icon, name string) {
	switch m.GetMessage().GetSender() {
	case "visitor":
		return "👤", visitorName(record)
	case "operator":
		icon, name = "📨", foreign(m.GetMessage().GetOperatorName(), maxName)
		if name == "" {
			name = "Operator"
		}
	case "ai":
		icon, name = "🤖", "AI"
	default:
		icon, name = "ℹ️", "System"
	}
	if m.GetPlatform() != "" {
		name += " · " + m.GetPlatform()
	}
	return icon, name
}

// attachments lists files: a line each, as far as there is room.
func attachments(t *botapi.Text, files []*bellhopv1.Attachment) {
	const mostName, mostURL, rest = 100, 500, 40
	for i, file := range files {
		line := fmt.Sprintf("%s (%s)", foreign(file.GetFilename(), mostName), size(file.GetSize()))
		address := file.GetUrl()
		if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") || len(address) > mostURL {
			address = ""
		}
		if t.Len()+utf8.RuneCountInString(line+address)+rest > botapi.MaxText {
			t.Plain(fmt.Sprintf("\n📎 %d more", len(files)-i))
			return
		}
		t.Plain("\n📎 ").Verbatim(line)
		if address != "" {
			t.Plain("\n").Verbatim(address)
		}
	}
}

// size is a number of bytes for people.
func size(bytes int64) string {
	const unit = 1000
	switch {
	case bytes < unit:
		return fmt.Sprintf("%d B", bytes)
	case bytes < unit*unit:
		return fmt.Sprintf("%d KB", bytes/unit)
	default:
		return fmt.Sprintf("%.1f MB", float64(bytes)/unit/unit)
	}
}

// closedLine says who closed a conversation.
func closedLine(by string) *botapi.Text {
	t := &botapi.Text{}
	if by = foreign(by, maxName); by == "" {
		return t.Plain("✅ Closed")
	}
	return t.Plain("✅ Closed by ").Bold(by)
}
