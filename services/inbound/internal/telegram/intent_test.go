package telegram

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
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
		return intent{place: place, message: 431, gesture: office.Gesture{
			Kind: office.Said, Chat: "-1001230000001", Thread: "412", MessageID: "431", By: olga, Content: content, Bot: "bellhop_bot",
		}}
	}
	with := func(in intent, change func(*office.Gesture)) intent {
		change(&in.gesture)
		return in
	}
	reply := with(text("Hi Ana!"), func(g *office.Gesture) { g.ReplyTo = "430" })
	photo, bare := text("look"), text("")
	photo.files, photo.album = []telegram.FileDescriptor{{Kind: "photo", ID: "x", Name: "photo.jpg", MIME: "image/jpeg"}}, "77"
	bare.files = []telegram.FileDescriptor{{Kind: "voice", ID: "x", Name: "voice.ogg", MIME: "audio/ogg"}}
	location := with(text(""), func(g *office.Gesture) { g.Files = []office.File{{Name: "The location"}} })
	pressed := func(button string) intent {
		return intent{place: place, message: 413, press: "48213377", gesture: office.Gesture{
			Kind: office.Pressed, Chat: "-1001230000001", Thread: "412", MessageID: "413", By: olga, Button: button, Key: "9fK2",
		}}
	}
	deafened := func(why string) intent {
		return intent{why: why, press: "48213377", place: telegram.Place{Chat: group}, message: 413}
	}
	press := func(message, data string) string {
		return `"callback_query":{"id":"48213377","from":{"id":555,"first_name":"Olga"},"message":` + message + `,"chat_instance":"-99","data":"` + data + `"}`
	}
	const card = `{"message_id":413,"message_thread_id":412,"is_topic_message":true,"date":1795000001,"chat":{"id":-1001230000001}}`
	const old = `{"message_id":413,"date":0,"chat":{"id":-1001230000001}}`
	anonymous := with(text("x"), func(g *office.Gesture) {
		g.By = receive.Operator{ID: "telegram:-1001230000001", Name: "Head of support"}
	})
	untitled := with(anonymous, func(g *office.Gesture) { g.By.Name = "Support" })
	edit := func(g *office.Gesture) { g.Kind = office.Edited }
	topic := func(k office.Kind) intent { return with(text(""), func(g *office.Gesture) { g.Kind = k }) }
	eyes := intent{place: telegram.Place{Chat: group}, message: 430, gesture: office.Gesture{
		Kind: office.Reacted, Chat: "-1001230000001", MessageID: "430", By: olga, Emoji: []string{"👀"},
	}}

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
		"command":                    {`"message":` + message(`,"text":"/close@bellhop_bot"`), text("/close@bellhop_bot")},
		"note":                       {`"message":` + message(`,"text":"// do not tell"`), text("// do not tell")},
		"command for another bot":    {`"message":` + message(`,"text":"/ban@other_bot"`), text("/ban@other_bot")},
		"edit":                       {`"edited_message":` + message(`,"text":"Hi!","edit_date":1795000061`), with(text("Hi!"), edit)},
		"edit into a note":           {`"edited_message":` + message(`,"text":"// hm","edit_date":1795000061`), with(text("// hm"), edit)},
		"edit of a picture":          {`"edited_message":` + message(`,"photo":[{}]`), ignore("an edit without text")},
		"closed by hand":             {`"message":` + message(`,"forum_topic_closed":{}`), topic(office.ThreadClosed)},
		"reopened by hand":           {`"message":` + message(`,"forum_topic_reopened":{}`), topic(office.ThreadReopened)},
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
		"location":                   {`"message":` + message(`,"location":{"latitude":1}`), location},
		"close pressed":              {press(card, "c:9fK2"), pressed("close")},
		"read pressed":               {press(card, "r:9fK2"), pressed("read")},
		"old button":                 {press(old, "c:9fK2"), deafened("a button that does not tell its topic")},
		"foreign button":             {press(old, "boo"), deafened("a button of somebody else's")},
		"button in another chat":     {press(`{"message_id":413,"date":0,"chat":{"id":-1}}`, "c:9fK2"), ignore("a chat that is not configured")},
		"button of no message":       {`"callback_query":{"id":"1","from":{"id":555},"data":"c:9fK2"}`, ignore("a chat that is not configured")},
		"kind that nobody knows yet": {`"hologram":{}`, ignore("an update of another kind")},
	} {
		u, err := telegram.DecodeUpdate([]byte(`{"update_id":700010,` + test.update + `}`))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(test.want, classify(u, me), cmp.AllowUnexported(intent{}), cmpopts.IgnoreFields(office.File{}, "Open")); diff != "" {
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
	f.Add([]byte(`{"update_id":1,"callback_query":{"id":"1","from":{"id":5},"message":` + message("") + `,"data":"c:9fK2"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		u, err := telegram.DecodeUpdate(data)
		if err != nil {
			return
		}
		in := classify(u, me)
		g := in.gesture
		if in.why == "" && (!me.chats[in.place.Chat] || g.By.Name == "" || g.MessageID == "" || g.Kind != office.Reacted && g.Thread == "") {
			t.Fatalf("%+v", in)
		}
		if in.why == "" && g.Kind == office.Said && strings.TrimSpace(g.Content) == "" && len(g.Files)+len(in.files) == 0 {
			t.Fatalf("an empty message: %+v", in)
		}
	})
}
