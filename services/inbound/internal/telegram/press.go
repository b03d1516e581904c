package telegram

import (
	"strconv"

	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

// buttons are the commands of our buttons.
var buttons = map[telegram.Act]string{telegram.ActClose: "close", telegram.ActRead: "read"}

// classifyPress reads the press of a button. Whoever is not a member of the group does not see it, so whoever presses it is an operator.
// An anonymous administrator is told by name here.
func classifyPress(q *telegram.CallbackQuery, me self) intent {
	m := q.Message
	if m == nil || !me.chats[m.Chat.ID] {
		return ignore("a chat that is not configured")
	}
	if q.From.IsBot {
		return ignore("not from a human")
	}
	in := intent{place: telegram.Place{Chat: m.Chat.ID, Thread: m.ThreadID}, message: m.ID, press: q.ID}
	act, key, ok := telegram.ParseCallback(q.Data)
	switch {
	case !ok:
		in.why = "a button of somebody else's"
	case !m.Accessible() || !m.IsTopicMessage:
		in.why = "a button that does not tell its topic"
	default:
		in.gesture = office.Gesture{
			Kind: office.Pressed, Chat: decimal(m.Chat.ID), Thread: strconv.Itoa(m.ThreadID), MessageID: strconv.Itoa(m.ID),
			By: operator(q.From.ID, q.From.FirstName, q.From.Username), Button: buttons[act], Key: key,
		}
	}
	return in
}

// deaf is what whoever presses a button is told that says nothing to us.
const deaf = "This button does not work any more. Write the command instead: /close or /read."
