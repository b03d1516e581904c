package slack

import (
	"fmt"

	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

// linker makes an address for a file that is not shown itself; empty for one that is, or where there is none.
type linker func(*bellhopv1.Attachment) string

// parts are the messages that show a post's words, in order; neither the card nor files are among them. Texts that are too long for one
// are cut at words and numbered.
func parts(post deliver.Post, link linker) []webapi.Content {
	t, show, most := text(post, link), (*webapi.Text).Content, webapi.MaxText
	if post.Plain {
		show, most = (*webapi.Text).PlainContent, webapi.MaxFallback
	}
	if t.Len() <= most {
		return []webapi.Content{show(t)}
	}
	const number = 100 // room for "(12/34) " and what surrounds it
	var contents []webapi.Content
	for _, part := range webapi.Numbered(t.Split(most - number)) {
		contents = append(contents, show(part))
	}
	return contents
}

// text is what a post shows.
func text(post deliver.Post, link linker) *webapi.Text {
	t := &webapi.Text{}
	notices(t, post.Record, post.Notices, link)
	if post.Quoted != nil {
		who, what := brief.Quote(post.Quoted)
		t.Quote(who + ": " + what)
	}
	switch len(post.Messages) {
	case 0:
	case 1:
		single(t, post.Record, post.Messages[0], link)
	default:
		several(t, post.Record, post.Messages)
	}
	return t
}

// single is one message: who, and below it the text exactly as typed.
func single(t *webapi.Text, record *sessionsv1.SessionRecord, m *sessionsv1.MessageRecord, link linker) {
	icon, name := brief.Author(record, m)
	t.Plain(icon + " ").Bold(name)
	if m.GetMessage().GetEditedAt() != nil {
		t.Plain(" " + brief.Edited)
	}
	if content := m.GetMessage().GetContent(); content != "" {
		t.Plain("\n").Verbatim(content)
	}
	attachments(t, m.GetMessage().GetAttachments(), link)
}

// several are a visitor's texts that waited together. Each but the first says how much later it was written.
func several(t *webapi.Text, record *sessionsv1.SessionRecord, messages []*sessionsv1.MessageRecord) {
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
func attachments(t *webapi.Text, files []*bellhopv1.Attachment, link linker) {
	const most = 20
	for i, file := range files {
		if i == most {
			t.Plain(fmt.Sprintf("\n📎 %d more", len(files)-i))
			return
		}
		t.Plain("\n📎 " + brief.File(file))
		if address := link(file); address != "" {
			t.Plain("\n").Verbatim(address)
		}
	}
}

// notices tell the team one thing below the other.
func notices(t *webapi.Text, record *sessionsv1.SessionRecord, all []*sessionsv1.Notice, link linker) {
	for i, n := range all {
		if i > 0 {
			t.Plain("\n")
		}
		told := brief.Tell(record, n)
		t.Plain(told.Icon)
		if told.Name != "" {
			t.Plain(" ").Bold(told.Name)
		}
		if told.Words != "" {
			t.Plain(" " + told.Words)
		}
		if told.Code != "" {
			t.Plain("\n").Code(told.Code)
		}
		if told.Text != "" {
			t.Plain("\n").Verbatim(told.Text)
		}
		attachments(t, n.GetAttachments(), link)
	}
}

// closedLine says who closed a conversation.
func closedLine(by string) *webapi.Text {
	words, name := brief.Closed(by)
	return new(webapi.Text).Plain(words).Bold(name)
}
