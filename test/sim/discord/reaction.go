package discord

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var customEmoji = regexp.MustCompile(`^[A-Za-z0-9_]{2,32}:[0-9]{17,20}$`)

// isEmoji says whether a text can be a reaction: name:id, or characters outside of letters and plain signs.
func isEmoji(text string) bool {
	if customEmoji.MatchString(text) {
		return true
	}
	if text == "" || len([]rune(text)) > 16 {
		return false
	}
	picture := false
	for _, r := range text {
		switch {
		case r > 0x2000 || r == 0xa9 || r == 0xae:
			picture = true
		case strings.ContainsRune("#*0123456789", r): // keycaps
		case unicode.IsLetter(r) || r < 0x80:
			return false
		}
	}
	return picture
}

// sameEmoji drops what only chooses how a character is drawn.
func sameEmoji(emoji string) string { return strings.ReplaceAll(emoji, "\ufe0f", "") }

func (c *call) addReaction() (any, *apiError) {
	ch, m, err := c.message()
	if err != nil {
		return nil, err
	}
	emoji := c.r.PathValue("emoji")
	if !isEmoji(emoji) {
		return nil, errUnknownEmoji
	}
	emoji = sameEmoji(emoji)
	if err := c.need(ch, permReadHistory); err != nil {
		return nil, err
	}
	different := []string{}
	for _, r := range m.Reactions {
		different = appendNew(different, r.Emoji)
	}
	if !slices.Contains(different, emoji) {
		if err := c.need(ch, permAddReactions); err != nil {
			return nil, err
		}
		if len(different) >= c.s.limits.budget.Reactions {
			return nil, errTooManyReactions
		}
	}
	if ch.isThread() && ch.Archived {
		return nil, errArchived
	}
	c.s.react(ch, m, c.w.bot(), emoji, true)
	return nil, nil
}

func (c *call) deleteReaction() (any, *apiError) {
	ch, m, err := c.message()
	if err != nil {
		return nil, err
	}
	emoji := c.r.PathValue("emoji")
	if !isEmoji(emoji) {
		return nil, errUnknownEmoji
	}
	if ch.isThread() && ch.Archived {
		return nil, errArchived
	}
	c.s.react(ch, m, c.w.bot(), sameEmoji(emoji), false)
	return nil, nil
}

// react adds or takes away one reaction and tells everybody if that changed something. The caller holds mu.
func (s *Server) react(ch *channel, m *Message, by User, emoji string, add bool) {
	mine := Reaction{UserID: by.ID, Emoji: emoji}
	if slices.Contains(m.Reactions, mine) == add {
		return
	}
	name := "MESSAGE_REACTION_ADD"
	if add {
		m.Reactions = append(slices.Clip(m.Reactions), mine)
	} else {
		name = "MESSAGE_REACTION_REMOVE"
		m.Reactions = slices.DeleteFunc(slices.Clone(m.Reactions), func(r Reaction) bool { return r == mine })
	}
	out := reactionEvent{
		UserID: by.ID, ChannelID: ch.ID, MessageID: m.ID, GuildID: s.world.Guild.ID, Emoji: wireEmojiOf(emoji),
		AuthorID: m.Author.ID, BurstColors: []string{},
	}
	if add {
		out.Member = s.world.wireFullMember(by.ID)
	}
	s.emit(event{Name: name, Intent: intentReactions, Channel: ch, Data: raw(out)})
}

type reactionEvent struct {
	UserID      string      `json:"user_id"`
	ChannelID   string      `json:"channel_id"`
	MessageID   string      `json:"message_id"`
	GuildID     string      `json:"guild_id"`
	Member      *wireMember `json:"member,omitempty"`
	Emoji       wireEmoji   `json:"emoji"`
	AuthorID    string      `json:"message_author_id"`
	Burst       bool        `json:"burst"`
	BurstColors []string    `json:"burst_colors"`
	Type        int         `json:"type"`
}
