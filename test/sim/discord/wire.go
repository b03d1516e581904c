package discord

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

func itoa[T ~int | ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }

// stamp writes a time as Discord does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

// stampOrNull is nil for the zero time.
func stampOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := stamp(t)
	return &text
}

type wireUser struct {
	ID            string  `json:"id"`
	Username      string  `json:"username"`
	Discriminator string  `json:"discriminator"`
	GlobalName    *string `json:"global_name"`
	Avatar        *string `json:"avatar"`
	Bot           bool    `json:"bot,omitempty"`
	PublicFlags   int     `json:"public_flags"`
}

func (u User) wire() wireUser {
	w := wireUser{ID: u.ID, Username: u.Username, Discriminator: "0", Bot: u.Bot}
	if !u.Bot && u.Name != "" {
		w.GlobalName = &u.Name
	}
	if u.Bot {
		w.Username = u.Name
		w.Discriminator = "0000"
	}
	return w
}

type wireMember struct {
	User        *wireUser `json:"user,omitempty"`
	Nick        *string   `json:"nick"`
	Avatar      *string   `json:"avatar"`
	Roles       []string  `json:"roles"`
	JoinedAt    string    `json:"joined_at"`
	Deaf        bool      `json:"deaf"`
	Mute        bool      `json:"mute"`
	Flags       int       `json:"flags"`
	Pending     bool      `json:"pending"`
	Permissions string    `json:"permissions,omitempty"` // in interactions
}

// wireMember is a member without its user; nil for who is none.
func (w *world) wireMember(userID string) *wireMember {
	m := w.Members[userID]
	if m == nil {
		return nil
	}
	out := &wireMember{Roles: append([]string{}, m.Roles...), JoinedAt: stamp(m.JoinedAt)}
	if m.Nick != "" {
		out.Nick = &m.Nick
	}
	return out
}

// wireFullMember has the user as well.
func (w *world) wireFullMember(userID string) *wireMember {
	out := w.wireMember(userID)
	if u := w.Users[userID]; out != nil && u != nil {
		user := u.wire()
		out.User = &user
	}
	return out
}

type wireRole struct {
	ID           string  `json:"id"`
	Name         string  `json:"name"`
	Color        int     `json:"color"`
	Hoist        bool    `json:"hoist"`
	Icon         *string `json:"icon"`
	UnicodeEmoji *string `json:"unicode_emoji"`
	Position     int     `json:"position"`
	Permissions  string  `json:"permissions"`
	Managed      bool    `json:"managed"`
	Mentionable  bool    `json:"mentionable"`
	Flags        int     `json:"flags"`
	Tags         any     `json:"tags,omitempty"`
}

func (w *world) wireRoles() []wireRole {
	out := []wireRole{}
	for i, r := range w.Guild.Roles {
		role := wireRole{
			ID: r.ID, Name: r.Name, Position: i, Permissions: strconv.FormatUint(r.Permissions, 10),
			Managed: r.Managed, Mentionable: r.Mentionable,
		}
		if r.Managed {
			role.Tags = map[string]string{"bot_id": w.App.ID}
		}
		out = append(out, role)
	}
	return out
}

type wireEmoji struct {
	ID   *string `json:"id"`
	Name string  `json:"name"`
}

// wireEmojiOf splits what is stored: a character, or name:id.
func wireEmojiOf(emoji string) wireEmoji {
	name, id, custom := strings.Cut(emoji, ":")
	if !custom {
		return wireEmoji{Name: emoji}
	}
	return wireEmoji{Name: name, ID: &id}
}

type wireAttachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Size        int64  `json:"size"`
	URL         string `json:"url"`
	ProxyURL    string `json:"proxy_url"`
	Width       *int   `json:"width,omitempty"`
	Height      *int   `json:"height,omitempty"`
	Ephemeral   bool   `json:"ephemeral,omitempty"`
}

func (s *Server) wireAttachments(m *Message) []wireAttachment {
	out := []wireAttachment{}
	for _, a := range m.Attachments {
		url := s.link(m.ChannelID, a)
		w := wireAttachment{
			ID: a.ID, Filename: a.Name, Description: a.Description, ContentType: a.MIME, Size: a.Size, URL: url, ProxyURL: url,
			Ephemeral: m.OnlyFor != "",
		}
		if a.Width > 0 {
			w.Width, w.Height = &a.Width, &a.Height
		}
		out = append(out, w)
	}
	return out
}

func orEmpty(list []json.RawMessage) []json.RawMessage {
	if list == nil {
		return []json.RawMessage{}
	}
	return list
}

func utoa(n uint64) string { return strconv.FormatUint(n, 10) }
