package discord

import (
	"strconv"
	"time"
)

type wireOverwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"`
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

type wireTag struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Moderated bool    `json:"moderated"`
	EmojiID   *string `json:"emoji_id"`
	EmojiName *string `json:"emoji_name"`
}

type threadMetadata struct {
	Archived            bool   `json:"archived"`
	AutoArchiveDuration int    `json:"auto_archive_duration"`
	ArchiveTimestamp    string `json:"archive_timestamp"`
	Locked              bool   `json:"locked"`
	CreateTimestamp     string `json:"create_timestamp"`
	Invitable           *bool  `json:"invitable,omitempty"`
}

type threadMember struct {
	ID            string `json:"id"` // of the thread
	UserID        string `json:"user_id"`
	JoinTimestamp string `json:"join_timestamp"`
	Flags         int    `json:"flags"`
}

type wireChannel struct {
	ID                   string          `json:"id"`
	Type                 int             `json:"type"`
	GuildID              string          `json:"guild_id"`
	ParentID             *string         `json:"parent_id"`
	Name                 string          `json:"name"`
	Position             int             `json:"position"`
	Topic                *string         `json:"topic"`
	NSFW                 bool            `json:"nsfw"`
	Flags                int             `json:"flags"`
	RateLimitPerUser     int             `json:"rate_limit_per_user"`
	LastMessageID        *string         `json:"last_message_id"`
	PermissionOverwrites []wireOverwrite `json:"permission_overwrites,omitempty"`

	AvailableTags []wireTag `json:"available_tags,omitempty"`

	OwnerID          string          `json:"owner_id,omitempty"`
	ThreadMetadata   *threadMetadata `json:"thread_metadata,omitempty"`
	MessageCount     *int            `json:"message_count,omitempty"`
	TotalMessageSent *int            `json:"total_message_sent,omitempty"`
	MemberCount      *int            `json:"member_count,omitempty"`
	AppliedTags      []string        `json:"applied_tags,omitempty"`
	NewlyCreated     bool            `json:"newly_created,omitempty"` // gateway only
	Member           *threadMember   `json:"member,omitempty"`
	Message          *wireMessage    `json:"message,omitempty"` // answer of a new forum post only
}

// Channel flags.
const (
	flagPinned     = 1 << 1
	flagRequireTag = 1 << 4
)

func (s *Server) wireChannel(ch *channel) *wireChannel {
	out := &wireChannel{ID: ch.ID, Type: ch.Type, GuildID: s.world.Guild.ID, Name: ch.Name}
	if ch.LastID != "" {
		out.LastMessageID = &ch.LastID
	}
	if ch.ParentID != "" {
		out.ParentID = &ch.ParentID
	}
	if ch.isThread() {
		s.wireThread(ch, out)
		return out
	}
	for _, o := range ch.Overwrites {
		out.PermissionOverwrites = append(out.PermissionOverwrites, wireOverwrite{
			ID: o.ID, Type: o.Type, Allow: strconv.FormatUint(o.Allow, 10), Deny: strconv.FormatUint(o.Deny, 10),
		})
	}
	for _, t := range ch.Tags {
		out.AvailableTags = append(out.AvailableTags, wireTag{ID: t.ID, Name: t.Name, Moderated: t.Moderated})
	}
	if ch.RequireTag {
		out.Flags |= flagRequireTag
	}
	return out
}

func (s *Server) wireThread(ch *channel, out *wireChannel) {
	count, sent, members := ch.Count, ch.Sent, len(ch.Joined)
	out.OwnerID, out.MessageCount, out.TotalMessageSent, out.MemberCount = ch.OwnerID, &count, &sent, &members
	out.AppliedTags = ch.Applied
	out.ThreadMetadata = &threadMetadata{
		Archived: ch.Archived, Locked: ch.Locked, AutoArchiveDuration: ch.AutoArchive,
		ArchiveTimestamp: stamp(ch.ArchivedAt), CreateTimestamp: stamp(ch.Created),
	}
	if ch.Pinned {
		out.Flags |= flagPinned
	}
	for _, id := range ch.Joined {
		if id == s.world.App.ID {
			out.Member = s.threadMember(ch, id)
		}
	}
}

func (s *Server) threadMember(ch *channel, userID string) *threadMember {
	return &threadMember{ID: ch.ID, UserID: userID, JoinTimestamp: stamp(ch.Created.Truncate(time.Millisecond))}
}
