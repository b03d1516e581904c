package telegram

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/command"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

const group = int64(-1001230000001)

var me = self{id: 7001, username: "bellhop_bot", chats: map[int64]bool{group: true}}

// message is an operator's message in topic 412 with more fields; later fields replace earlier ones.
func message(fields string) string {
	return `{"message_id":431,"message_thread_id":412,"is_topic_message":true,
		"from":{"id":555,"is_bot":false,"first_name":"Olga","username":"olga"},
		"chat":{"id":-1001230000001,"type":"supergroup","title":"Support","is_forum":true},"date":1795000060` + fields + `}`
}

func TestUpdateIsTranslated(t *testing.T) {
	olga := receive.Operator{ID: "telegram:555", Name: "Olga"}
	place := telegram.Place{Chat: group, Thread: 412}
	text := func(content string) intent {
		return intent{kind: said, place: place, message: 431, by: olga, content: content}
	}
	reply := text("Hi Ana!")
	reply.replyTo = 430
	photo := text("look")
	photo.file, photo.album = true, "77"
	bare := intent{kind: fileOnly, place: place, message: 431, by: olga, file: true}
	anonymous := text("x")
	anonymous.by = receive.Operator{ID: "telegram:-1001230000001", Name: "Head of support"}
	untitled := anonymous
	untitled.by.Name = "Support"
	order := text("/close@bellhop_bot")
	order.kind, order.line = ordered, command.Line{Kind: command.Order, Word: "close"}
	change := text("Hi!")
	change.kind = edited
	note := text("// hm")
	note.kind, note.line = edited, command.Line{Kind: command.Note}
	kept := note
	kept.kind, kept.why, kept.content = nothing, whyNote, "// do not tell"
	topic := func(k kind) intent { return intent{kind: k, place: place, message: 431, by: olga} }
	eyes := intent{kind: reacted, place: telegram.Place{Chat: group}, message: 430, by: olga, emoji: []string{"👀"}}

	for name, test := range map[string]struct {
		update string
		want   intent
	}{
		"text":  {`"message":` + message(`,"text":"Hello"`), text("Hello")},
		"reply": {`"message":` + message(`,"text":"Hi Ana!","reply_to_message":{"message_id":430,"from":{"id":7001,"is_bot":true},"chat":{"id":-1001230000001}}`), reply},
		"every message hangs on the topic's root, which is no quote": {`"message":` + message(`,"text":"Hello","reply_to_message":{"message_id":412,"forum_topic_created":{"name":"Ana","icon_color":1}}`), text("Hello")},
		"caption":                    {`"message":` + message(`,"caption":"look","photo":[{"file_id":"x"}],"media_group_id":"77"`), photo},
		"file without text":          {`"message":` + message(`,"voice":{"file_id":"x"}`), bare},
		"anonymous administrator":    {`"message":` + message(`,"text":"x","from":{"id":1087968824,"is_bot":true,"first_name":"Group"},"sender_chat":{"id":-1001230000001,"title":"Support"},"author_signature":"Head of support"`), anonymous},
		"anonymous without a title":  {`"message":` + message(`,"text":"x","from":{"id":1087968824,"is_bot":true},"sender_chat":{"id":-1001230000001,"title":"Support"}`), untitled},
		"command":                    {`"message":` + message(`,"text":"/close@bellhop_bot"`), order},
		"note":                       {`"message":` + message(`,"text":"// do not tell"`), kept},
		"command for another bot":    {`"message":` + message(`,"text":"/ban@other_bot"`), ignore("a command for another bot")},
		"edit":                       {`"edited_message":` + message(`,"text":"Hi!","edit_date":1795000061`), change},
		"edit into a note":           {`"edited_message":` + message(`,"text":"// hm","edit_date":1795000061`), note},
		"edit of a picture":          {`"edited_message":` + message(`,"photo":[{}]`), ignore("an edit without text")},
		"closed by hand":             {`"message":` + message(`,"forum_topic_closed":{}`), topic(topicClosed)},
		"reopened by hand":           {`"message":` + message(`,"forum_topic_reopened":{}`), topic(topicReopened)},
		"closed by the bot":          {`"message":` + message(`,"from":{"id":7001,"is_bot":true},"forum_topic_closed":{}`), ignore("not from a human")},
		"created by the bot":         {`"message":` + message(`,"from":{"id":7001,"is_bot":true},"forum_topic_created":{"name":"x","icon_color":1}`), ignore("not from a human")},
		"renamed":                    {`"message":` + message(`,"forum_topic_edited":{"name":"y"}`), ignore("a service message")},
		"pinned":                     {`"message":` + message(`,"pinned_message":{"message_id":1,"date":0}`), ignore("a service message")},
		"another bot":                {`"message":` + message(`,"text":"x","from":{"id":8,"is_bot":true}`), ignore("not from a human")},
		"General":                    {`"message":` + message(`,"text":"x","is_topic_message":false,"message_thread_id":0`), ignore("not in a topic")},
		"reply in General":           {`"message":` + message(`,"text":"x","is_topic_message":false`), ignore("not in a topic")},
		"another chat":               {`"message":` + message(`,"text":"x","chat":{"id":-1009999999999}`), ignore("a chat that is not configured")},
		"a channel's post":           {`"message":` + message(`,"text":"x","is_automatic_forward":true`), ignore("a channel's post")},
		"reaction":                   {`"message_reaction":{"chat":{"id":-1001230000001},"message_id":430,"user":{"id":555,"is_bot":false,"first_name":"Olga"},"date":1,"old_reaction":[],"new_reaction":[{"type":"emoji","emoji":"👀"}]}`, eyes},
		"reaction taken back":        {`"message_reaction":{"chat":{"id":-1001230000001},"message_id":430,"user":{"id":555,"first_name":"Olga"},"date":1,"old_reaction":[{"type":"emoji","emoji":"👀"}],"new_reaction":[]}`, ignore("a reaction taken back")},
		"reaction in another chat":   {`"message_reaction":{"chat":{"id":-5},"message_id":430,"user":{"id":555},"new_reaction":[{"type":"emoji","emoji":"👀"}]}`, ignore("a chat that is not configured")},
		"reaction of a bot":          {`"message_reaction":{"chat":{"id":-1001230000001},"message_id":430,"user":{"id":8,"is_bot":true},"new_reaction":[{"type":"emoji","emoji":"👀"}]}`, ignore("not from a human")},
		"button":                     {`"callback_query":{"id":"48213377","from":{"id":555},"message":{"message_id":413,"date":0,"chat":{"id":-1}},"chat_instance":"-99","data":"c:9fK2"}`, ignore("an update of another kind")},
		"kind that nobody knows yet": {`"hologram":{}`, ignore("an update of another kind")},
	} {
		u, err := telegram.DecodeUpdate([]byte(`{"update_id":700010,` + test.update + `}`))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(test.want, classify(u, me), cmp.AllowUnexported(intent{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestOperatorWithoutAReadableNameIsAnOperator(t *testing.T) {
	if got := operator(5, "\u202e \u200b", ""); got.Name != defaultName {
		t.Fatalf("%q", got.Name)
	}
}

func FuzzClassify(f *testing.F) {
	f.Add([]byte(`{"update_id":1,"message":` + message(`,"text":"Hello"`) + `}`))
	f.Add([]byte(`{"update_id":1,"edited_message":` + message(`,"text":"/x"`) + `}`))
	f.Add([]byte(`{"update_id":1,"message_reaction":{"chat":{"id":-1001230000001},"message_id":430,"user":{"id":555},"new_reaction":[{"type":"emoji","emoji":"👀"}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		u, err := telegram.DecodeUpdate(data)
		if err != nil {
			return
		}
		in := classify(u, me)
		if (in.kind == nothing) != (in.why != "") {
			t.Fatalf("%+v", in)
		}
		if in.kind != nothing && (!me.chats[in.place.Chat] || in.by.Name == "" || in.kind != reacted && in.place.Thread == 0) {
			t.Fatalf("%+v", in)
		}
		if in.kind == said && (strings.HasPrefix(strings.TrimSpace(in.content), "/") || strings.TrimSpace(in.content) == "") {
			t.Fatalf("%q would reach the visitor", in.content)
		}
	})
}
