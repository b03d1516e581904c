package telegram

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// press is one press of a button on the card in topic 412.
func press(updateID int, data string) string {
	return fmt.Sprintf(`{"update_id":%d,"callback_query":{"id":"q%d","from":{"id":555,"first_name":"Olga"},"message":{"message_id":413,`+
		`"message_thread_id":412,"is_topic_message":true,"date":1795000001,"chat":{"id":-1001230000001}},"chat_instance":"-99","data":%q}}`, updateID, updateID, data)
}

// toast waits for the answer to a press, and returns what it shows.
func (o *bureau) toast(query string) string {
	o.t.Helper()
	shown := ""
	o.api.Await(o.t, "an answer to "+query, func() bool {
		for _, call := range o.api.Calls("answerCallbackQuery") {
			if call.Params["callback_query_id"] == query {
				shown, _ = call.Params["text"].(string)
				return true
			}
		}
		return false
	})
	return shown
}

var key = id.Session("ses_ana").Short()

func TestButtonClosesTheConversationAndIsAnswered(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	o.accepts(press(1, "c:"+key))
	facts := o.expect("session.closed telegram:1")
	if facts[0].Session != "ses_ana" {
		t.Errorf("%+v", facts[0])
	}
	o.toast("q1")
	o.accepts(press(1, "c:"+key)) // once more, as Telegram does if the 200 was lost
	o.expect("session.closed telegram:1")
}

func TestButtonMarksEverythingAsRead(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	o.accepts(press(1, "r:"+key))
	o.expect("message.read telegram:1:read")
	o.toast("q1")
}

func TestButtonOfAnotherConversationDoesNothing(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	o.accepts(press(1, "c:other1"))
	o.expect()
	if text := o.toast("q1"); !strings.Contains(text, "another conversation") {
		t.Errorf("%q", text)
	}
}

func TestPressThatSaysNothingToUsIsAnsweredToo(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	o.accepts(press(1, "buy"))
	if text := o.toast("q1"); !strings.Contains(text, "/close") {
		t.Errorf("%q", text)
	}
	o.expect()
}

func TestPressThatCouldNotBeStoredComesAgain(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	o.sessions.SetAway(true)
	if w := o.post(press(1, "c:"+key)); w.Code != 503 {
		t.Fatalf("%d", w.Code)
	}
	o.sessions.SetAway(false)
	o.accepts(press(1, "c:"+key))
	o.expect("session.closed telegram:1")
	o.toast("q1")
	if n := len(o.api.Calls("answerCallbackQuery")); n != 1 {
		t.Errorf("answered %d times", n)
	}
}

func TestAnswerToAPressCostsNothingOfTheBudget(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	for n := range 10 {
		o.accepts(press(n+1, "c:other1"))
		o.toast(fmt.Sprint("q", n+1))
	}
	if n := len(o.api.Calls("sendMessage")); n != 0 {
		t.Errorf("%d messages", n)
	}
}
