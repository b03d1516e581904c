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

// harmless breaks what Telegram would link in a text without formatting: a word joiner after @ and / is not seen. Of the rest most
// code points are kept.
func harmless(s string, most int) string {
	s = strings.NewReplacer("@", "@\u2060", "/", "/\u2060").Replace(s)
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most])
	}
	return s
}

// text is what a post shows, with a line for each of the files that are only named.
func (s *Sender) text(post deliver.Post, named []*bellhopv1.Attachment) *botapi.Text {
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
	s.attachments(t, named)
	return t
}

// header says only whose post it is, for a caption that has no room for all of it.
func header(post deliver.Post) *botapi.Text {
	t := &botapi.Text{}
	if len(post.Messages) == 0 {
		return t
	}
	icon, name := brief.Author(post.Record, post.Messages[0])
	return t.Plain(icon + " ").Bold(name)
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
func (s *Sender) attachments(t *botapi.Text, files []*bellhopv1.Attachment) {
	const mostURL, rest = 500, 40
	for i, file := range files {
		line := brief.File(file)
		address := s.files.Address(file)
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
