package telegram

import (
	botapi "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
)

// card is what is known of a visitor, one line each.
func card(t *botapi.Text, record *sessionsv1.SessionRecord) {
	t.Plain(brief.Headline + "\n👤 ").Bold(brief.Visitor(record))
	for _, line := range brief.Card(record) {
		t.Plain("\n" + line.Icon + " ").Verbatim(line.Text)
	}
	t.Plain("\n🔖 ").Code(brief.Short(record))
	t.Plain("\n" + brief.Hint)
}

// buttons of a card. Their key tells the conversation by what everybody in the group may see of it.
func buttons(record *sessionsv1.SessionRecord) botapi.Keyboard {
	key := brief.Short(record)
	if botapi.CallbackData(botapi.ActClose, key) == "" {
		return nil // Telegram would refuse the whole message
	}
	return botapi.Keyboard{{
		{Text: "Close", Data: botapi.CallbackData(botapi.ActClose, key), Style: "danger"},
		{Text: "Mark read", Data: botapi.CallbackData(botapi.ActRead, key)},
	}}
}

// notices tell the team one thing below the other.
func notices(t *botapi.Text, record *sessionsv1.SessionRecord, all []*sessionsv1.Notice) {
	for i, n := range all {
		if i > 0 {
			t.Plain("\n")
		}
		told := brief.Tell(record, n)
		t.Plain(told.Icon)
		if told.Name != "" {
			t.Plain(" ").Bold(told.Name)
		}
		if told.Words != "" {
			t.Plain(" " + told.Words)
		}
		if told.Code != "" {
			t.Plain("\n").Code(told.Code)
		}
		if told.Text != "" {
			t.Plain("\n").Verbatim(told.Text)
		}
	}
}
