package telegram

import (
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func TestOperatorsWordsBecomeFacts(t *testing.T) {
	o := newBureau(t)
	o.sessions.Show("default", chat, "412", "430", &bellhopv1.Message{Id: "m2", Sender: "visitor"})
	o.accepts(update(700010, "message", `,"text":"Hi Ana!","reply_to_message":{"message_id":430}`))
	facts := o.expect("message.created telegram:700010", "message.read telegram:700010:read")

	created := facts[0].Data.(*eventv1.MessageCreated)
	m := created.GetMessage()
	if facts[0].Session != "ses_ana" || facts[0].Source != "inbound" || created.GetVisitorId() != "visitor-of-ses_ana" || created.GetPlatform() != "telegram" {
		t.Errorf("%+v", facts[0])
	}
	if m.GetId() != "telegram:431" || m.GetContent() != "Hi Ana!" || m.GetSender() != "operator" || m.GetOperatorName() != "Olga" || m.GetReplyTo() != "m2" || m.GetTimestamp() == nil {
		t.Errorf("%+v", m)
	}
	if at := created.GetOrigin(); at.GetPlatform() != "telegram" || at.GetChat() != chat || at.GetThread() != "412" || strings.Join(at.GetIds(), ",") != "431" {
		t.Errorf("%+v", at)
	}
	if read := facts[1].Data.(*eventv1.MessageRead); strings.Join(read.GetMessageIds(), ",") != "m1,m2" || read.GetReader() != "operator" || read.GetBy() != "Olga" {
		t.Errorf("%+v", read)
	}
}

func TestReplyToTheTopicOrToANoteIsNoQuote(t *testing.T) {
	o := newBureau(t)
	o.sessions.Begin("default", chat, "500", "ses_other")
	o.sessions.Show("default", chat, "500", "501", &bellhopv1.Message{Id: "foreign", Sender: "visitor"})
	for i, target := range []string{"412", "777", "501"} {
		o.accepts(update(700010+i, "message", `,"message_id":43`+target+`,"text":"x","reply_to_message":{"message_id":`+target+`}`))
	}
	for _, ev := range o.facts() {
		if data, ok := ev.Data.(*eventv1.MessageCreated); ok && data.GetMessage().GetReplyTo() != "" {
			t.Errorf("quotes %s", data.GetMessage().GetReplyTo())
		}
	}
}

func TestUpdateIDsOfProjectsDoNotMeet(t *testing.T) {
	o := newBureau(t)
	o.sessions.Begin("shop", chat, "412", "ses_shop")
	o.bot = o.newBot(id.Project("shop"), "")
	o.accepts(update(700010, "message", `,"text":"x"`))
	if facts := o.expect("message.created telegram:shop:700010"); facts[0].Project != "shop" || facts[0].Session != "ses_shop" {
		t.Errorf("%+v", facts[0])
	}
}

func TestCorrectionReachesTheVisitor(t *testing.T) {
	o := newBureau(t)
	o.accepts(update(1, "message", `,"text":"Helo"`))
	o.accepts(update(2, "edited_message", `,"text":"Helo"`)) // an invisible change
	o.accepts(update(3, "edited_message", `,"text":"Hello"`))
	facts := o.expect("message.created telegram:1", "message.read telegram:1:read", "message.edited telegram:3")
	if data := facts[2].Data.(*eventv1.MessageEdited); data.GetContent() != "Hello" || data.GetMessageId() != "telegram:431" || data.GetSender() != "operator" || data.GetEditedAt() == nil {
		t.Errorf("%+v", data)
	}
}

func TestNoteNeverReachesTheVisitorNotThroughAnEditEither(t *testing.T) {
	for _, hidden := range []string{"//secret", "/note secret", "!note secret", "/clsoe", "/secret plan", "@bellhop_bot secret"} {
		o := newBureau(t)
		name := "bellhop_bot"
		o.bot.username.Store(&name)
		o.accepts(update(1, "message", `,"text":"`+hidden+`"`))
		o.accepts(update(2, "edited_message", `,"text":"secret"`))
		o.expect()
	}
}

func TestMessageEditedIntoANoteKeepsItsTextAndTheOperatorIsTold(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	o.accepts(update(1, "message", `,"text":"Hello"`))
	o.accepts(update(2, "edited_message", `,"text":"//Hello"`))
	o.expect("message.created telegram:1", "message.read telegram:1:read")
	if text := o.answered(1).Params["text"].(string); !strings.Contains(text, "/delete") {
		t.Errorf("%q", text)
	}
}

func TestCommandsAreAnsweredAndNeverRelayed(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	o.accepts(update(1, "message", `,"text":"/clsoe"`))
	call := o.answered(1)
	if text := call.Params["text"].(string); !strings.Contains(text, "no command /clsoe") || !strings.Contains(text, "visitor did not get this") {
		t.Errorf("%q", text)
	}
	if reply := call.Params["reply_parameters"].(map[string]any); reply["message_id"] != 431.0 || call.Params["message_thread_id"] != 412.0 {
		t.Errorf("%+v", call.Params)
	}
	o.expect()
	o.accepts(update(2, "message", `,"text":"!close"`))
	o.expect("session.closed telegram:2")
}

func TestReplyWithDeleteDeletesTheTeamsMessage(t *testing.T) {
	o := newBureau(t)
	o.accepts(update(1, "message", `,"text":"oops"`))
	o.accepts(update(2, "message", `,"message_id":440,"text":"/del","reply_to_message":{"message_id":431}`))
	facts := o.expect("message.created telegram:1", "message.read telegram:1:read", "message.deleted telegram:2")
	if data := facts[2].Data.(*eventv1.MessageDeleted); data.GetMessageId() != "telegram:431" || data.GetBy() != "Olga" || data.GetSender() != "operator" {
		t.Errorf("%+v", data)
	}
}

func TestTopicThatIsClosedByHandClosesTheConversation(t *testing.T) {
	o := newBureau(t)
	o.accepts(update(1, "message", `,"forum_topic_reopened":{}`)) // it is open
	o.accepts(update(2, "message", `,"forum_topic_closed":{}`))
	o.sessions.End("default", chat, "412")
	o.accepts(update(3, "message", `,"forum_topic_closed":{}`)) // it is closed
	o.accepts(update(4, "message", `,"forum_topic_reopened":{}`))
	o.expect("session.closed telegram:2", "session.reopened telegram:4")
}

func TestFilesAreNotLostSilently(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	o.accepts(update(1, "message", `,"photo":[{}]`))
	o.accepts(update(3, "message", `,"document":{},"caption":"the offer"`))
	if text := o.answered(1).Params["text"].(string); !strings.Contains(text, "The visitor got nothing") {
		t.Errorf("%q", text)
	}
	if text := o.answered(2).Params["text"].(string); !strings.Contains(text, "The rest was sent") {
		t.Errorf("%q", text)
	}
	if texts := o.texts(); len(texts) != 1 || texts[0] != "the offer" {
		t.Errorf("%q", texts)
	}
}

func TestTopicWithoutConversationIsToldSoOnceAMinute(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	for i := range 3 {
		o.accepts(update(i+1, "message", `,"message_thread_id":600,"text":"anybody?"`))
	}
	o.accepts(update(9, "message", `,"message_thread_id":601,"text":"and here?"`))
	o.answered(2)
	for i, thread := range []float64{600, 601} {
		if call := o.api.Calls("sendMessage")[i]; call.Params["message_thread_id"] != thread || !strings.Contains(call.Params["text"].(string), "not connected") {
			t.Errorf("%+v", call.Params)
		}
	}
	o.expect()
}

func TestReactionCountsAsRead(t *testing.T) {
	o := newBureau(t)
	o.sessions.Show("default", chat, "412", "430", &bellhopv1.Message{Id: "m2", Sender: "visitor"})
	reaction := func(updateID, message, emoji string) string {
		return `{"update_id":` + updateID + `,"message_reaction":{"chat":{"id":` + chat + `},"message_id":` + message +
			`,"user":{"id":555,"first_name":"Olga"},"date":1,"old_reaction":[],"new_reaction":[{"type":"emoji","emoji":"` + emoji + `"}]}}`
	}
	o.accepts(reaction("1", "999", "👀")) // a message that nobody knows
	o.accepts(reaction("2", "430", "👀"))
	o.accepts(update(3, "message", `,"text":"oops"`))
	o.accepts(reaction("4", "431", "🗑"))
	o.accepts(reaction("5", "430", "🗑")) // the visitor's stays
	o.expect("message.read telegram:2:read", "message.created telegram:3", "message.read telegram:3:read",
		"message.read telegram:4:read", "message.deleted telegram:4", "message.read telegram:5:read")
}
