package slack

import (
	"encoding/json"
)

// wireMessage is a message as the Web API and the events show it.
type wireMessage struct {
	Type            string          `json:"type"`
	Subtype         string          `json:"subtype,omitempty"`
	User            string          `json:"user,omitempty"`
	BotID           string          `json:"bot_id,omitempty"`
	AppID           string          `json:"app_id,omitempty"`
	Username        string          `json:"username,omitempty"`
	Icons           fields          `json:"icons,omitempty"`
	BotProfile      *wireBot        `json:"bot_profile,omitempty"`
	Team            string          `json:"team,omitempty"`
	ClientMsgID     string          `json:"client_msg_id,omitempty"`
	Text            string          `json:"text"`
	TS              string          `json:"ts"`
	ThreadTS        string          `json:"thread_ts,omitempty"`
	ParentUserID    string          `json:"parent_user_id,omitempty"`
	ReplyCount      int             `json:"reply_count,omitempty"`
	ReplyUsersCount int             `json:"reply_users_count,omitempty"`
	LatestReply     string          `json:"latest_reply,omitempty"`
	ReplyUsers      []string        `json:"reply_users,omitempty"`
	IsLocked        *bool           `json:"is_locked,omitempty"`
	Subscribed      *bool           `json:"subscribed,omitempty"`
	Edited          *Edit           `json:"edited,omitempty"`
	Blocks          json.RawMessage `json:"blocks,omitempty"`
	Attachments     json.RawMessage `json:"attachments,omitempty"`
	Files           []wireFile      `json:"files,omitempty"`
	Upload          *bool           `json:"upload,omitempty"`
	DisplayAsBot    *bool           `json:"display_as_bot,omitempty"`
	Reactions       []wireReaction  `json:"reactions,omitempty"`
	Metadata        *Metadata       `json:"metadata,omitempty"`
	Hidden          bool            `json:"hidden,omitempty"`
	Root            *wireMessage    `json:"root,omitempty"`
	Inviter         string          `json:"inviter,omitempty"`
}

type wireBot struct {
	ID      string `json:"id"`
	AppID   string `json:"app_id"`
	UserID  string `json:"user_id"`
	Name    string `json:"name"`
	Icons   fields `json:"icons"`
	Deleted bool   `json:"deleted"`
	Updated int64  `json:"updated"`
	TeamID  string `json:"team_id"`
}

type wireReaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
	Count int      `json:"count"`
}

// wireMessage renders a message as it is now. The caller holds mu.
func (s *Server) wireMessage(ch *channel, m *Message) *wireMessage {
	if m.Tombstone {
		return s.tombstone(ch, m)
	}
	out := &wireMessage{
		Type: "message", Subtype: m.Subtype, User: m.From.ID, Team: TeamID, ClientMsgID: m.ClientID, Text: m.Text, TS: m.TS,
		ThreadTS: m.ThreadTS, Edited: m.Edited, Blocks: m.Blocks, Attachments: m.shownAttachments(), Metadata: m.Metadata,
	}
	if m.BotID != "" {
		s.wireApp(out, m)
	}
	for _, id := range m.Files {
		out.Files = append(out.Files, s.wireFile(s.world.Files[id]))
	}
	if len(m.Files) > 0 {
		out.Upload, out.DisplayAsBot = yes(false), yes(false)
	}
	for _, r := range m.Reactions {
		out.Reactions = append(out.Reactions, wireReaction{Name: r.Name, Users: r.Users, Count: len(r.Users)})
	}
	if m.ThreadTS != "" {
		if root := ch.Messages[m.ThreadTS]; root != nil {
			out.ParentUserID = root.From.ID
			if m.Broadcast {
				out.Root = s.wireRoot(ch, root)
			}
		}
		return out
	}
	s.wireThread(ch, m.TS, out)
	return out
}

// wireApp marks a message of an app. One that was given a name of its own has no user.
func (s *Server) wireApp(out *wireMessage, m *Message) {
	out.BotID, out.AppID = m.BotID, AppID
	if m.BotID != BotID {
		out.AppID = "A0" + m.BotID[1:]
	}
	if m.Username != "" {
		out.User, out.Username, out.Icons = "", m.Username, fields{}
		if m.IconEmoji != "" {
			out.Icons["emoji"] = m.IconEmoji
		}
		if m.IconURL != "" {
			out.Icons["image_48"] = m.IconURL
		}
		return
	}
	out.BotProfile = &wireBot{
		ID: m.BotID, AppID: out.AppID, UserID: m.From.ID, Name: m.From.RealName, TeamID: TeamID,
		Icons: fields{"image_36": s.base + "/_sim/page/bot.svg"},
	}
}

func (s *Server) wireRoot(ch *channel, root *Message) *wireMessage {
	out := s.wireMessage(ch, root)
	out.Root = nil
	return out
}

// wireThread tells of the replies that a root has; without any there is nothing to tell.
func (s *Server) wireThread(ch *channel, root string, out *wireMessage) {
	replies := ch.digest(root)
	if replies.count == 0 {
		return
	}
	out.ThreadTS, out.ReplyCount, out.LatestReply = root, replies.count, replies.latest
	out.ReplyUsers, out.ReplyUsersCount = replies.users, len(replies.users)
	out.IsLocked, out.Subscribed = yes(ch.Threads[root].Locked), yes(true)
}

func (s *Server) tombstone(ch *channel, m *Message) *wireMessage {
	out := &wireMessage{
		Type: "message", Subtype: "tombstone", User: slackbot, Text: "This message was deleted.", TS: m.TS, ThreadTS: m.TS,
		ParentUserID: slackbot, Hidden: true,
	}
	s.wireThread(ch, m.TS, out)
	return out
}

func (m *Message) shownAttachments() json.RawMessage {
	if m.Attachments == nil {
		return m.Unfurled
	}
	return m.Attachments
}

func yes(b bool) *bool { return &b }
