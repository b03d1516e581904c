package telegram

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-telegram/bot/models"
)

// Update is one thing that happened, with the kinds that Bellhop asks for; of any other kind only the id is set.
type Update struct {
	ID            int64     `json:"update_id"`
	Message       *Message  `json:"message"`
	EditedMessage *Message  `json:"edited_message"`
	Reaction      *Reaction `json:"message_reaction"`
	// Callback is a button that was pressed.
	Callback *CallbackQuery `json:"callback_query"`
	// Membership is the bot's own standing in a group, changed by a person.
	Membership *Membership `json:"my_chat_member"`
}

// AllowedUpdates are the kinds that Bellhop asks for. message_reaction is not in Telegram's default.
func AllowedUpdates() []string {
	return []string{"message", "edited_message", "callback_query", "message_reaction", "my_chat_member"}
}

// Reaction is the change of one person's reactions to one message.
type Reaction struct {
	Chat      models.Chat  `json:"chat"`
	MessageID int          `json:"message_id"`
	User      *models.User `json:"user"`
	ActorChat *models.Chat `json:"actor_chat"`
	Date      int64        `json:"date"`
	Old       []Emoji      `json:"old_reaction"`
	New       []Emoji      `json:"new_reaction"`
}

// Emoji is one reaction; Emoji is empty for a custom or paid one.
type Emoji struct {
	Type  string `json:"type"`
	Emoji string `json:"emoji,omitempty"`
}

// CallbackQuery is a button that somebody has pressed, and whose client waits until AnswerCallbackQuery is called.
type CallbackQuery struct {
	ID   string      `json:"id"`
	From models.User `json:"from"`
	// Message is where the button stands; nil if Telegram doesn't tell. Of one that is too old it has only Chat and ID.
	Message *Message `json:"message"`
	// Data is the button's own; see ParseCallback.
	Data string `json:"data"`
}

// Membership is a change of the bot's own standing in a chat.
type Membership struct {
	Chat models.Chat `json:"chat"`
	// From is who has changed it.
	From models.User `json:"from"`
	Date int64       `json:"date"`
	Old  Rights      `json:"old_chat_member"`
	New  Rights      `json:"new_chat_member"`
}

var errNoUpdateID = errors.New("no update_id")

// DecodeUpdate reads one update, whose id must be there.
func DecodeUpdate(data []byte) (*Update, error) {
	var u Update
	if err := json.Unmarshal(data, &u); err != nil {
		return nil, fmt.Errorf("decode update: %w", err)
	}
	if u.ID <= 0 {
		return nil, fmt.Errorf("decode update: %w", errNoUpdateID)
	}
	return &u, nil
}
