package telegram

import (
	"fmt"
	"strings"
	"unicode/utf8"

	botapi "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

// parts are the messages that show a post, in order. Texts that are too long for one are cut at words and numbered.
func parts(post deliver.Post) []botapi.Outgoing {
	t := text(post)
	silent := len(post.Notices) > 0
	if post.Plain {
		return []botapi.Outgoing{{Text: harmless(t.String()), Silent: silent}}
	}
	if t.Len() <= botapi.MaxText {
		return []botapi.Outgoing{{Text: t.String(), Entities: t.Entities(), Silent: silent}}
	}
	const number = 16 // room for "\n(12/34)"
	pieces := t.Split(botapi.MaxText - number)
	out := make([]botapi.Outgoing, len(pieces))
	for i, piece := range pieces {
		out[i] = botapi.Outgoing{Text: fmt.Sprintf("%s\n(%d/%d)", strings.TrimRight(piece.Text, "\n"), i+1, len(pieces)), Entities: piece.Entities, Silent: silent}
	}
	return out
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
	if post.Card && len(post.Messages)+len(post.Notices) > 0 {
		t.Plain("\n\n")
	}
	notices(t, post.Record, post.Notices)
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
	icon, name := brief.Author(record, m)
	t.Plain(icon + " ").Bold(name)
	if m.GetMessage().GetEditedAt() != nil {
		t.Plain(" " + brief.Edited)
	}
	if content := m.GetMessage().GetContent(); content != "" {
		t.Plain("\n").Verbatim(content)
	}
	attachments(t, m.GetMessage().GetAttachments())
}

// several are a visitor's texts that waited together. Each but the first says how much later it was written.
func several(t *botapi.Text, record *sessionsv1.SessionRecord, messages []*sessionsv1.MessageRecord) {
	icon, name := brief.Author(record, messages[0])
	t.Plain(icon + " ").Bold(name)
	begun := messages[0].GetMessage().GetTimestamp().AsTime()
	for i, m := range messages {
		t.Plain("\n")
		if i > 0 {
			t.Italic(brief.Later(m.GetMessage().GetTimestamp().AsTime().Sub(begun))).Plain(" ")
		}
		if m.GetMessage().GetEditedAt() != nil {
			t.Plain(brief.Edited + " ")
		}
		t.Verbatim(m.GetMessage().GetContent())
	}
}

// attachments lists files: a line each, as far as there is room.
func attachments(t *botapi.Text, files []*bellhopv1.Attachment) {
	const mostURL, rest = 500, 40
	for i, file := range files {
		line := brief.File(file)
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

// closedLine says who closed a conversation.
func closedLine(by string) *botapi.Text {
	words, name := brief.Closed(by)
	return new(botapi.Text).Plain(words).Bold(name)
}
