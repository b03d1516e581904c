package discord

import (
	"encoding/json"
	"fmt"
)

// Deletion is MESSAGE_DELETE (one id) and MESSAGE_DELETE_BULK.
type Deletion struct {
	IDs       []string
	ChannelID string
	GuildID   string
}

// DecodeDeletion reads MESSAGE_DELETE and MESSAGE_DELETE_BULK.
func DecodeDeletion(data []byte) (*Deletion, error) {
	var d struct {
		ID        string   `json:"id"`
		IDs       []string `json:"ids"`
		ChannelID string   `json:"channel_id"`
		GuildID   string   `json:"guild_id"`
	}
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("decode deletion: %w", plain(err))
	}
	if d.ID != "" {
		d.IDs = append(d.IDs, d.ID)
	}
	if !IsID(d.ChannelID) || len(d.IDs) == 0 {
		return nil, fmt.Errorf("decode deletion: %w", errNoID)
	}
	for _, id := range d.IDs {
		if !IsID(id) {
			return nil, fmt.Errorf("decode deletion: %w", errNoID)
		}
	}
	return &Deletion{IDs: d.IDs, ChannelID: d.ChannelID, GuildID: d.GuildID}, nil
}

// Emoji is what somebody reacted with; ID is set for the server's own emoji.
type Emoji struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Reaction is MESSAGE_REACTION_ADD and MESSAGE_REACTION_REMOVE. Member is there for additions only.
type Reaction struct {
	UserID    string  `json:"user_id"`
	ChannelID string  `json:"channel_id"`
	MessageID string  `json:"message_id"`
	GuildID   string  `json:"guild_id"`
	Emoji     Emoji   `json:"emoji"`
	Member    *Member `json:"member"`
}

// DecodeReaction reads an added or removed reaction.
func DecodeReaction(data []byte) (*Reaction, error) {
	var r Reaction
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("decode reaction: %w", plain(err))
	}
	if !IsID(r.UserID) || !IsID(r.ChannelID) || !IsID(r.MessageID) {
		return nil, fmt.Errorf("decode reaction: %w", errNoID)
	}
	return &r, nil
}

// Typing is TYPING_START: somebody types, for about TypingLasts seconds.
type Typing struct {
	ChannelID string  `json:"channel_id"`
	GuildID   string  `json:"guild_id"`
	UserID    string  `json:"user_id"`
	Member    *Member `json:"member"`
}

// DecodeTyping reads TYPING_START.
func DecodeTyping(data []byte) (*Typing, error) {
	var t Typing
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("decode typing: %w", plain(err))
	}
	if !IsID(t.ChannelID) || !IsID(t.UserID) {
		return nil, fmt.Errorf("decode typing: %w", errNoID)
	}
	return &t, nil
}

// DecodeChannel reads THREAD_CREATE, THREAD_UPDATE, THREAD_DELETE, CHANNEL_UPDATE and CHANNEL_DELETE. Of a deleted thread only the
// ids and the type are there.
func DecodeChannel(data []byte) (*Channel, error) {
	var c Channel
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("decode channel: %w", plain(err))
	}
	if !IsID(c.ID) {
		return nil, fmt.Errorf("decode channel: %w", errNoID)
	}
	return &c, nil
}

// Server is GUILD_CREATE, GUILD_DELETE and THREAD_LIST_SYNC, of each what there is. Threads are the active ones; Unavailable is an
// outage, not a removal.
type Server struct {
	ID          string    `json:"id"`
	Unavailable bool      `json:"unavailable"`
	Threads     []Channel `json:"threads"`
	// Channels are all others.
	Channels []struct {
		ID string `json:"id"`
	} `json:"channels"`
}

// DecodeServer reads GUILD_CREATE, GUILD_DELETE and THREAD_LIST_SYNC.
func DecodeServer(data []byte) (*Server, error) {
	var s Server
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("decode server: %w", plain(err))
	}
	return &s, nil
}
