package telegram_test

import "github.com/bellhop-chat/bellhop/test/sim/telegram"

// update is what tests read of an update.
type update struct {
	ID       int64          `json:"update_id"`
	Message  *updateMessage `json:"message"`
	Edited   *updateMessage `json:"edited_message"`
	Reaction *struct {
		MessageID int64               `json:"message_id"`
		User      *telegram.User      `json:"user"`
		ActorChat *struct{ ID int64 } `json:"actor_chat"`
		New       []struct{ Emoji string }
	} `json:"message_reaction"`
	Callback *struct {
		ID      string
		Data    string
		From    telegram.User
		Message *updateMessage
	} `json:"callback_query"`
	Member *struct {
		Chat struct{ ID int64 }
		New  struct{ Status string } `json:"new_chat_member"`
	} `json:"my_chat_member"`
}

type updateMessage struct {
	ID         int64         `json:"message_id"`
	ThreadID   int64         `json:"message_thread_id"`
	IsTopic    bool          `json:"is_topic_message"`
	From       telegram.User `json:"from"`
	Date       int64         `json:"date"`
	Chat       struct{ ID int64 }
	Group      string `json:"media_group_id"`
	Quote      *struct{ Position int }
	Text       string         `json:"text"`
	Caption    string         `json:"caption"`
	ReplyTo    *updateMessage `json:"reply_to_message"`
	Created    *struct{}      `json:"forum_topic_created"`
	Edited     *struct{}      `json:"forum_topic_edited"`
	Closed     *struct{}      `json:"forum_topic_closed"`
	Reopened   *struct{}      `json:"forum_topic_reopened"`
	SenderChat *struct{}      `json:"sender_chat"`
	Signature  string         `json:"author_signature"`
	MigrateTo  int64          `json:"migrate_to_chat_id"`
	MigrateOf  int64          `json:"migrate_from_chat_id"`
}

// updates polls once, without waiting.
func (b *bot) updates(offset int64) []update {
	b.t.Helper()
	var out []update
	b.ok("getUpdates", fields{"offset": offset}, &out)
	return out
}
