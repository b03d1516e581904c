package discord

import (
	"encoding/json"
	"slices"
)

type wireMessage struct {
	ID                string              `json:"id"`
	ChannelID         string              `json:"channel_id"`
	GuildID           string              `json:"guild_id,omitempty"` // gateway only
	Author            wireUser            `json:"author"`
	Member            *wireMember         `json:"member,omitempty"` // gateway only
	Content           string              `json:"content"`
	Timestamp         string              `json:"timestamp"`
	EditedTimestamp   *string             `json:"edited_timestamp"`
	TTS               bool                `json:"tts"`
	MentionEveryone   bool                `json:"mention_everyone"`
	Mentions          []wireUser          `json:"mentions"`
	MentionRoles      []string            `json:"mention_roles"`
	Attachments       []wireAttachment    `json:"attachments"`
	Embeds            []json.RawMessage   `json:"embeds"`
	Components        []json.RawMessage   `json:"components"`
	Reactions         []wireReactionCount `json:"reactions,omitempty"`
	Nonce             json.RawMessage     `json:"nonce,omitempty"`
	Pinned            bool                `json:"pinned"`
	WebhookID         string              `json:"webhook_id,omitempty"`
	ApplicationID     string              `json:"application_id,omitempty"`
	Type              int                 `json:"type"`
	Flags             int                 `json:"flags"`
	Position          *int                `json:"position,omitempty"`
	MessageReference  *wireReference      `json:"message_reference,omitempty"`
	ReferencedMessage json.RawMessage     `json:"referenced_message,omitempty"`
	Interaction       *wireAnswered       `json:"interaction_metadata,omitempty"`
	Thread            *wireChannel        `json:"thread,omitempty"`
}

type wireReference struct {
	Type      int    `json:"type"`
	MessageID string `json:"message_id,omitempty"`
	ChannelID string `json:"channel_id"`
	GuildID   string `json:"guild_id"`
}

type wireReactionCount struct {
	Count        int            `json:"count"`
	CountDetails map[string]int `json:"count_details"`
	Me           bool           `json:"me"`
	MeBurst      bool           `json:"me_burst"`
	BurstColors  []string       `json:"burst_colors"`
	Emoji        wireEmoji      `json:"emoji"`
}

type wireAnswered struct {
	ID   string   `json:"id"`
	Type int      `json:"type"`
	User wireUser `json:"user"`
}

// wireMessage is a message as REST shows it.
func (s *Server) wireMessage(m *Message) *wireMessage {
	w := s.world
	out := s.wireBare(m)
	if m.ReplyTo != "" {
		out.MessageReference = &wireReference{MessageID: m.ReplyTo, ChannelID: m.ChannelID, GuildID: w.Guild.ID}
		if m.Type == TypeStarter {
			out.MessageReference.ChannelID = w.Messages[m.ReplyTo].ChannelID
		}
		out.ReferencedMessage = json.RawMessage("null") // deleted
		if target := w.Messages[m.ReplyTo]; target != nil && !target.Deleted {
			out.ReferencedMessage = raw(s.wireBare(target))
		}
	}
	if m.ThreadID != "" {
		if t := w.Channels[m.ThreadID]; t != nil && !t.Deleted && t.ParentID == m.ChannelID {
			out.Thread = s.wireChannel(t)
		}
	}
	return out
}

// wireBare is a message without what it refers to.
func (s *Server) wireBare(m *Message) *wireMessage {
	w := s.world
	out := &wireMessage{
		ID: m.ID, ChannelID: m.ChannelID, Author: m.Author.wire(), Content: m.Text, Timestamp: stamp(m.At),
		EditedTimestamp: stampOrNull(m.EditedAt), MentionEveryone: m.Mentioned.Everyone, Mentions: []wireUser{},
		MentionRoles: append([]string{}, m.Mentioned.Roles...), Attachments: s.wireAttachments(m), Embeds: orEmpty(m.Embeds),
		Components: orEmpty(m.Components), WebhookID: m.WebhookID, Type: m.Type, Flags: m.Flags, Reactions: w.wireReactions(m),
	}
	for _, id := range m.Mentioned.Users {
		if u := w.Users[id]; u != nil {
			out.Mentions = append(out.Mentions, u.wire())
		}
	}
	if m.Nonce != "" {
		out.Nonce = raw(m.Nonce)
		if m.NumberNonce {
			out.Nonce = json.RawMessage(m.Nonce)
		}
	}
	if h := w.Webhooks[m.WebhookID]; h != nil && !h.ByHand || m.Interaction != "" {
		out.ApplicationID = w.App.ID
	}
	if i := w.interaction(m.Interaction); i != nil {
		out.Interaction = &wireAnswered{ID: i.ID, Type: i.Type, User: i.User.wire()}
	}
	if ch := w.Channels[m.ChannelID]; ch != nil && ch.isThread() {
		position, _ := slices.BinarySearchFunc(ch.MessageIDs, m.ID, compareIDs)
		out.Position = &position
	}
	return out
}

func (w *world) wireReactions(m *Message) (out []wireReactionCount) {
	at := map[string]int{}
	for _, r := range m.Reactions {
		i, ok := at[r.Emoji]
		if !ok {
			i = len(out)
			at[r.Emoji] = i
			out = append(out, wireReactionCount{Emoji: wireEmojiOf(r.Emoji), BurstColors: []string{}, CountDetails: map[string]int{"burst": 0, "normal": 0}})
		}
		out[i].Count++
		out[i].CountDetails["normal"]++
		out[i].Me = out[i].Me || r.UserID == w.App.ID
	}
	return out
}

// blank takes away what an application without MESSAGE_CONTENT does not see of others' messages, unless they mention it.
func (w *world) blank(m *Message, out *wireMessage) *wireMessage {
	if m.Author.ID == w.App.ID || slices.Contains(m.Mentioned.Users, w.App.ID) {
		return out
	}
	bare := *out
	bare.Content, bare.Embeds, bare.Components = "", []json.RawMessage{}, []json.RawMessage{}
	bare.Attachments = []wireAttachment{}
	if string(bare.ReferencedMessage) != "null" && bare.ReferencedMessage != nil {
		bare.ReferencedMessage = nil
	}
	return &bare
}

// readable is a message as the bot may read it over REST.
func (s *Server) readable(m *Message) *wireMessage {
	out := s.wireMessage(m)
	if slices.Contains(s.world.App.Blocked, "MESSAGE_CONTENT") {
		return s.world.blank(m, out)
	}
	return out
}
