package telegram

import (
	"slices"
	"strings"
)

// botReactions are the emoji that the Bot API's ReactionTypeEmoji lists; a bot can use no others.
var botReactions = reactionSet(`❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣
⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊
🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡`)

func reactionSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, emoji := range strings.Fields(list) {
		set[plainEmoji(emoji)] = true
	}
	return set
}

// plainEmoji drops the variation selector, which the server ignores.
func plainEmoji(emoji string) string { return strings.ReplaceAll(emoji, "\ufe0f", "") }

func (c *call) setMessageReaction() (any, *apiError) {
	var reactions []wireReaction
	if _, err := c.p.object("reaction", "reaction types", &reactions); err != nil {
		return nil, err
	}
	g, err := c.chat()
	if err != nil {
		return nil, err
	}
	m, err := c.message(g, "message to react not found")
	if err != nil {
		return nil, err
	}
	if len(reactions) > 1 {
		return nil, badRequest("REACTIONS_TOO_MANY")
	}
	emoji := ""
	if len(reactions) == 1 {
		emoji = plainEmoji(reactions[0].Emoji)
		if reactions[0].Type != "emoji" || !botReactions[emoji] || g.Reactions != nil && !slices.Contains(g.Reactions, emoji) {
			return nil, badRequest("REACTION_INVALID")
		}
	}
	if !g.Rights["can_react"] {
		return nil, badRequest("not enough rights to react to the message")
	}
	if err := c.spendFrom(g, func(l *chatLimit) *bucket { return l.reactions }); err != nil {
		return nil, err
	}
	g.albumHead(m).setReaction(c.s.world.Bot.ID, emoji)
	return true, nil
}

// albumHead is the message of an album that a bot's reaction goes to, which is its first; any other message is its own.
func (g *group) albumHead(m *Message) *Message {
	for id := m.ID - 1; m.MediaGroupID != "" && id >= m.ID-maxAlbum; id-- {
		if before := g.live(id); before != nil && before.MediaGroupID == m.MediaGroupID {
			m = before
		}
	}
	return m
}

// setReaction replaces a user's one reaction and returns the one before; "" is none.
func (m *Message) setReaction(user int64, emoji string) (before string) {
	var reactions []Reaction
	for _, r := range m.Reactions {
		if r.UserID == user {
			before = r.Emoji
		} else {
			reactions = append(reactions, r)
		}
	}
	if emoji != "" {
		reactions = append(reactions, Reaction{UserID: user, Emoji: emoji})
	}
	m.Reactions = reactions
	return before
}

func (c *call) answerCallbackQuery() (any, *apiError) {
	id, text := c.p.values["callback_query_id"], c.p.values["text"]
	if len([]rune(text)) > maxAnswerText {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	for _, q := range c.s.world.Callbacks {
		if q.ID != id || c.now.Sub(q.At) > c.s.opts.CallbackTimeout {
			continue
		}
		q.Answered, q.Text, q.Alert = true, text, c.flag("show_alert")
		return true, nil
	}
	return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
}
