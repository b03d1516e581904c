package telegram

import (
	"strings"
	"unicode/utf16"
)

func (g *group) wire() wireChat {
	return wireChat{ID: g.ID, Title: g.Title, Type: g.Type, IsForum: g.Forum}
}

// wireMessage shows a message as the Bot API does: with the message it replies to, one level deep.
func (g *group) wireMessage(m *Message) *wireMessage {
	out := g.wireFlat(m)
	target := g.Messages[m.ReplyTo]
	switch {
	case target != nil && target.TopicID != m.TopicID:
		out.ExternalReply = &wireExternal{Chat: g.wire(), MessageID: target.ID}
	case target != nil && !target.Deleted:
		out.ReplyTo = g.wireFlat(target)
	case m.ReplyTo == 0 && m.TopicID != 0 && m.TopicID != m.ID:
		// Inside a topic every message hangs on the topic's root; that is no reply.
		if root := g.root(m.TopicID); root != nil {
			out.ReplyTo = g.wireFlat(root)
		}
	}
	if m.Quote != "" && target != nil {
		position := max(0, strings.Index(target.Text, m.Quote))
		out.Quote = &wireQuote{Text: m.Quote, Position: len(utf16.Encode([]rune(target.Text[:position]))), IsManual: true}
	}
	return out
}

func (g *group) wireFlat(m *Message) *wireMessage {
	out := &wireMessage{
		MessageID: m.ID, ThreadID: g.threadOf(m), IsTopicMessage: m.TopicID != 0,
		Chat: g.wire(), Date: m.Date.Unix(), MediaGroupID: m.MediaGroupID,
	}
	from := m.From
	out.From = &from
	if m.Anonymous != "" {
		chat := g.wire()
		out.SenderChat, out.AuthorSignature = &chat, m.Anonymous
	}
	if !m.EditDate.IsZero() {
		out.EditDate = m.EditDate.Unix()
	}
	if m.PreviewOff {
		out.Preview = &linkPreview{IsDisabled: true}
	}
	if len(m.Buttons) > 0 {
		out.ReplyMarkup = &inlineKeyboard{InlineKeyboard: m.Buttons}
	}
	if m.Media != nil {
		out.Caption, out.CaptionEntities = m.Text, m.Entities
		out.media(m.Media)
	} else {
		out.Text, out.Entities = m.Text, m.Entities
	}
	if m.Service != nil {
		g.wireService(out, m.Service)
	}
	return out
}

// threadOf is the topic's id; in General a reply carries the id of the message that the chain of replies began
// with, which is no topic.
func (g *group) threadOf(m *Message) int64 {
	if m.TopicID != 0 || m.ReplyTo == 0 || !g.Forum {
		return m.TopicID
	}
	first := m
	for first.ReplyTo != 0 && g.Messages[first.ReplyTo] != nil {
		first = g.Messages[first.ReplyTo]
	}
	return first.ID
}

func (out *wireMessage) media(m *Media) {
	if m.Kind == "photo" {
		for _, f := range m.Files {
			out.Photo = append(out.Photo, wirePhoto{
				FileID: f.ID, FileUniqueID: f.UniqueID, FileSize: f.Size, Width: f.Width, Height: f.Height,
			})
		}
		return
	}
	f := m.Files[len(m.Files)-1]
	file := &wireFile{
		FileID: f.ID, FileUniqueID: f.UniqueID, FileName: f.Name, MIMEType: f.MIME, FileSize: f.Size,
		Width: f.Width, Height: f.Height,
	}
	if m.Kind != "document" && m.Kind != "sticker" {
		duration := 1
		file.Duration = &duration
	}
	switch m.Kind {
	case "voice":
		file.FileName = ""
		out.Voice = file
	case "audio":
		out.Audio = file
	case "video":
		out.Video = file
	case "video_note":
		out.VideoNote = file
	case "animation":
		out.Animation = file
	case "sticker":
		file.Emoji = "👍"
		out.Sticker = file
	default:
		out.Document = file
	}
}

func (g *group) wireService(out *wireMessage, s *Service) {
	switch s.Kind {
	case "topic_created":
		created := &wireTopicCreated{Name: s.Name, IconColor: s.IconColor}
		if s.IconEmoji != nil {
			created.IconEmoji = *s.IconEmoji
		}
		out.TopicCreated = created
	case "topic_edited":
		out.TopicEdited = &wireTopicEdited{Name: s.Name, IconEmoji: s.IconEmoji}
	case "topic_closed":
		out.TopicClosed = &struct{}{}
	case "topic_reopened":
		out.TopicReopened = &struct{}{}
	case "pinned":
		if m := g.Messages[s.Ref]; m != nil {
			out.Pinned = g.wireFlat(m)
		}
	case "joined":
		out.NewMembers = []User{*s.User}
	case "left":
		out.LeftMember = s.User
	case "migrated_to":
		out.MigrateTo = s.Ref
	case "migrated_from":
		out.MigrateFrom = s.Ref
	}
}
