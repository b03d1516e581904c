package discord

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func TestOperatorsWordsBecomeFacts(t *testing.T) {
	o := newBureau(t)
	o.sessions.Show("default", channel, thread, "1440000000000000001", &bellhopv1.Message{Id: "m2", Sender: "visitor"})
	o.listen()
	o.says("1440000000000000002", "Hi <@1700000000000000009>, see <#1300000000000000001>", `,"mentions":[{"id":"1700000000000000009","username":"ana"}],"sticker_items":[{"name":"wave"}]`)
	o.api.Dispatch("MESSAGE_CREATE", strings.Replace(message("1440000000000000003", "you?", `,"message_reference":{"message_id":"1440000000000000001","channel_id":"`+thread+`"}`), `"type":0`, `"type":19`, 1))
	facts := o.expect("message.created discord:1440000000000000002", "message.read discord:1440000000000000002:read",
		"message.created discord:1440000000000000003", "message.read discord:1440000000000000003:read")

	created := facts[0].Data.(*eventv1.MessageCreated)
	m := created.GetMessage()
	if facts[0].Session != "ses_ana" || created.GetPlatform() != "discord" || m.GetId() != "discord:1440000000000000002" || m.GetOperatorName() != "Olga" || m.GetContent() != "Hi @ana, see #channel\n:wave:" {
		t.Errorf("%+v", created)
	}
	if at := created.GetOrigin(); at.GetPlatform() != "discord" || at.GetChat() != channel || at.GetThread() != thread || at.GetIds()[0] != "1440000000000000002" {
		t.Errorf("%+v", at)
	}
	if reply := facts[2].Data.(*eventv1.MessageCreated).GetMessage(); reply.GetReplyTo() != "m2" {
		t.Errorf("%+v", reply)
	}
}

func TestOnlyPeopleInOurThreadsAreHeard(t *testing.T) {
	o := newBureau(t)
	elsewhere := "1440000000000000777"
	o.api.Answers("GET /channels/"+elsewhere, `{"id":"`+elsewhere+`","type":11,"parent_id":"1300000000000000009"}`)
	o.api.Answers("GET /channels/1300000000000000008", `{"id":"1300000000000000008","type":0}`)
	o.listen()
	in := func(where, body string) string {
		return strings.Replace(body, `"channel_id":"`+thread+`"`, `"channel_id":"`+where+`"`, 1)
	}
	for _, body := range []string{
		in(elsewhere, message("1440000000000000011", "another channel's thread", "")),
		in("1300000000000000008", message("1440000000000000012", "no thread", "")),
		in("1300000000000000007", message("1440000000000000013", "hidden", "")),
		message("1440000000000000014", "a webhook", `,"webhook_id":"1500000000000000001"`),
		strings.Replace(message("1440000000000000015", "the bot itself", ""), `"id":"`+olga+`"`, `"bot":true,"id":"`+self+`"`, 1),
		strings.Replace(message("1440000000000000016", "another bot", ""), `"id":"`+olga+`"`, `"bot":true,"id":"1700000000000000005"`, 1),
		strings.Replace(message("1440000000000000017", "a notice", ""), `"type":0`, `"type":18`, 1),
		message("1440000000000000018", "  ", ""),
		`{"id":5}`,
	} {
		o.api.Dispatch("MESSAGE_CREATE", body)
	}
	o.api.Dispatch("MESSAGE_CREATE", strings.Replace(message("1440000000000000019", "a test bot", ""), `"id":"`+olga+`"`, `"bot":true,"id":"`+testBot+`"`, 1))
	o.api.Dispatch("NEVER_HEARD_OF", `{}`)
	o.handled("1440000000000000020")
	if got := o.texts(); !slices.Equal(got, []string{"a test bot", "marker"}) {
		t.Errorf("heard %q", got)
	}
	if n := o.counted("bellhop_inbound_updates_total", "poison"); n != 1 {
		t.Errorf("%v events could not be read", n)
	}
	if n := len(o.api.Calls("GET /channels/1300000000000000008")); n != 1 {
		t.Errorf("asked %d times for one channel", n)
	}
}

func TestChannelsThatTheServerNamesAreNotAskedFor(t *testing.T) {
	o := newBureau(t)
	o.listen()
	o.api.Dispatch("GUILD_CREATE", `{"id":"`+guild+`","threads":[`+state(false)+`],"channels":[{"id":"1300000000000000008"}]}`)
	o.api.Dispatch("MESSAGE_CREATE", strings.Replace(message("1440000000000000011", "x", ""), thread, "1300000000000000008", 1))
	o.handled("1440000000000000012")
	if calls := o.api.Calls("GET /channels/"); len(calls) != 0 {
		t.Errorf("asked for %v", calls)
	}
	o.api.Dispatch("GUILD_CREATE", `[]`)
	o.api.Dispatch("THREAD_UPDATE", `[]`)
	o.api.Dispatch("TYPING_START", `[]`)
	o.api.Dispatch("MESSAGE_REACTION_ADD", `[]`)
	o.api.Dispatch("MESSAGE_DELETE", `[]`)
	o.api.Dispatch("INTERACTION_CREATE", `[]`)
	o.until("odd events are counted", func() bool { return o.counted("bellhop_inbound_updates_total", "poison") == 6 })
}

func TestCorrectionsDeletionsAndReactionsFollow(t *testing.T) {
	o := newBureau(t)
	o.listen()
	o.says("1440000000000000002", "Hi", "")
	first := []string{"message.created discord:1440000000000000002", "message.read discord:1440000000000000002:read"}
	o.expect(first...)
	o.api.Dispatch("MESSAGE_UPDATE", message("1440000000000000002", "Hi", `,"embeds":[{}],"edited_timestamp":null`))
	o.api.Dispatch("MESSAGE_UPDATE", message("1440000000000000002", "Hi!", `,"edited_timestamp":"2026-11-21T01:00:01.5+00:00"`))
	edited := append(first, "message.edited discord:edit:1440000000000000002:1795222801500000")
	if data := o.expect(edited...)[2].Data.(*eventv1.MessageEdited); data.GetContent() != "Hi!" || data.GetMessageId() != "discord:1440000000000000002" {
		t.Errorf("%+v", data)
	}
	o.sessions.Show("default", channel, thread, "1440000000000000001", &bellhopv1.Message{Id: "m2", Sender: "visitor"})
	o.api.Dispatch("MESSAGE_REACTION_ADD", `{"user_id":"`+self+`","channel_id":"`+thread+`","message_id":"1440000000000000001","emoji":{"name":"👌"}}`)
	o.api.Dispatch("MESSAGE_REACTION_ADD", `{"user_id":"`+olga+`","channel_id":"`+thread+`","message_id":"1440000000000000001","emoji":{"name":"👍"},"member":{"user":{"id":"`+olga+`","username":"olga_1"},"nick":"Olga"}}`)
	o.until("the reaction", func() bool { return len(o.ids()) == 4 })
	if got := o.facts()[3]; got.Type != bus.MessageRead || got.Data.(*eventv1.MessageRead).GetBy() != "Olga" {
		t.Errorf("%+v", got)
	}
	o.api.Dispatch("MESSAGE_DELETE", `{"id":"1440000000000000002","channel_id":"`+thread+`"}`)
	o.api.Dispatch("MESSAGE_DELETE_BULK", `{"ids":["1440000000000000001"],"channel_id":"`+thread+`"}`) // the visitor's is not theirs to delete
	o.until("the deletion", func() bool { return len(o.ids()) == 5 })
	if got := o.facts()[4]; got.ID != "discord:delete:1440000000000000002" || got.Data.(*eventv1.MessageDeleted).GetMessageId() != "discord:1440000000000000002" {
		t.Errorf("%+v", got)
	}
	o.handled("1440000000000000020")
	if len(o.ids()) != 7 {
		t.Errorf("the bus holds %q", o.ids())
	}
}

func TestCommandsAndNotesAreAnsweredInTheThread(t *testing.T) {
	o := newBureau(t)
	o.listen()
	o.says("1440000000000000002", "<@"+self+">: read", "")
	o.expect("message.read discord:1440000000000000002:read")
	say, react := "POST /channels/"+thread+"/messages", "PUT /channels/"+thread+"/messages/1440000000000000003/reactions/"
	o.api.Await(t, "an answer", func() bool { return len(o.api.Calls(say)) == 1 })
	body := o.api.Calls(say)[0].Body
	for _, part := range []string{`"content":"Marked 2 messages as read."`, `"message_id":"1440000000000000002"`, `"parse":[]`, `"enforce_nonce":true`} {
		if !strings.Contains(body, part) {
			t.Errorf("answered %s, want %s", body, part)
		}
	}
	o.says("1440000000000000003", "//between us", "")
	o.api.Await(t, "a mark", func() bool { return len(o.api.Calls(react)) == 1 })
	o.says("1440000000000000004", "!close", "")
	o.expect("message.read discord:1440000000000000002:read", "session.closed discord:1440000000000000004")
}

func TestAnswerThatIsRefusedBecomesAReaction(t *testing.T) {
	o := newBureau(t)
	say := "POST /channels/" + thread + "/messages"
	o.api.Refuses(say, 429, `{"message":"m","retry_after":600,"global":false}`)
	o.listen()
	o.says("1440000000000000002", "/nonsense", "")
	o.api.Await(t, "a mark", func() bool {
		return len(o.api.Calls("PUT /channels/"+thread+"/messages/1440000000000000002/reactions/%F0%9F%A4%94/@me")) == 1
	})
	o.api.Refuses(say, 429, `{"message":"m","retry_after":0.01,"global":false}`)
	o.says("1440000000000000003", "/nonsense", "")
	o.api.Await(t, "another try", func() bool { return len(o.api.Calls(say)) == 3 })
}

func TestFilesOfOperatorsAreCopied(t *testing.T) {
	o := newBureau(t)
	// The first link has ended; the message has a fresh one.
	o.api.Answers("GET /channels/"+thread+"/messages/1440000000000000002", `{"id":"1440000000000000002","attachments":[{"id":"7","url":"`+o.api.URL+`/attachments/hello"}]}`)
	o.listen()
	o.says("1440000000000000002", "", `,"attachments":[{"id":"7","filename":"a.txt","content_type":"text/plain","size":5,"url":"`+o.api.URL+`/ended"},{"id":"8","filename":"big.zip","size":101,"url":"`+o.api.URL+`/attachments/big"},{"id":"9","filename":"far.txt","size":3,"url":"https://elsewhere.example/x"}]`)
	facts := o.expect("attachment.stored discord:1440000000000000002:file:0", "message.created discord:1440000000000000002", "message.read discord:1440000000000000002:read")
	kept := facts[1].Data.(*eventv1.MessageCreated).GetMessage().GetAttachments()
	if len(kept) != 1 || kept[0].GetFilename() != "a.txt" || kept[0].GetUploadedFrom() != "discord" || kept[0].GetBridgeFileId() != "7" {
		t.Fatalf("%+v", kept)
	}
	r, _, err := o.files.Open(t.Context(), kept[0].GetId())
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil || string(data) != "hello" || r.Close() != nil {
		t.Fatalf("%q, %v", data, err)
	}
	say := "POST /channels/" + thread + "/messages"
	o.api.Await(t, "the operator is told", func() bool { return len(o.api.Calls(say)) == 1 })
	if body := o.api.Calls(say)[0].Body; !strings.Contains(body, "big.zip was not sent") || !strings.Contains(body, "far.txt was not sent") {
		t.Errorf("told %s", body)
	}
}

func TestForwardedMessageIsPassedOn(t *testing.T) {
	o := newBureau(t)
	o.listen()
	o.says("1440000000000000002", "", `,"message_snapshots":[{"message":{"content":"the manual","attachments":[{"id":"7","filename":"a.txt","size":5,"url":"`+o.api.URL+`/attachments/hello"}]}}]`)
	o.until("the words", func() bool { return slices.Equal(o.texts(), []string{"the manual"}) })
	if m := o.facts()[1].Data.(*eventv1.MessageCreated).GetMessage(); len(m.GetAttachments()) != 1 {
		t.Errorf("%+v", m)
	}
}

func TestOperatorsTypingIsShown(t *testing.T) {
	o := newBureau(t)
	signals := make(chan string, 16)
	stop, err := o.bus.OnSignal("typing", func(_ id.Project, s id.Session, payload []byte) { signals <- string(s) + " " + string(payload) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	o.listen()
	o.api.Dispatch("TYPING_START", `{"channel_id":"`+thread+`","user_id":"`+olga+`"}`) // the thread is not known yet
	o.api.Dispatch("THREAD_CREATE", state(false))
	o.api.Dispatch("TYPING_START", `{"channel_id":"`+thread+`","user_id":"`+self+`"}`)
	o.api.Dispatch("TYPING_START", `{"channel_id":"`+thread+`","user_id":"`+olga+`"}`)
	if got := <-signals; got != `ses_ana {"sender":"operator","isTyping":true}` {
		t.Errorf("signalled %s", got)
	}
	o.handled("1440000000000000020")
	if len(signals) != 0 {
		t.Errorf("signalled %s too", <-signals)
	}
}

func TestWhoseFactsTheyAreIsSaidByOtherProjects(t *testing.T) {
	o := newBureau(t)
	b := o.newBot(id.Project("shop"), o.bot.desk)
	if got := b.eventID("1"); got != "discord:shop:1" || o.bot.eventID("1") != "discord:1" {
		t.Errorf("%s", got)
	}
}

func TestAnOperatorWhoIsFasterThanTheReportOfTheThreadIsHeard(t *testing.T) {
	o := newBureau(t)
	fresh := api.IDAt(time.Now())
	o.api.Answers("GET /channels/"+fresh, strings.Replace(state(false), thread, fresh, 1))
	o.listen()
	o.api.Dispatch("MESSAGE_CREATE", strings.Replace(message("1440000000000000002", "at once", ""), thread, fresh, 1))
	o.api.Await(t, "the thread is looked for", func() bool { return len(o.api.Calls("GET /channels/"+fresh)) == 1 })
	o.handled("1440000000000000003") // in another thread meanwhile
	o.sessions.Begin("default", channel, fresh, "ses_fresh")
	o.until("the words", func() bool { return slices.Contains(o.texts(), "at once") })
}

func TestAReactionThatIsFasterThanTheReportOfAPostCounts(t *testing.T) {
	o := newBureau(t)
	fresh := api.IDAt(time.Now())
	o.listen()
	o.api.Dispatch("THREAD_CREATE", state(false))
	o.api.Dispatch("MESSAGE_REACTION_ADD", `{"user_id":"`+olga+`","channel_id":"`+thread+`","message_id":"`+fresh+`","emoji":{"name":"👍"}}`)
	time.AfterFunc(time.Second, func() { // longer than the office itself looks for it
		o.sessions.Show("default", channel, thread, fresh, &bellhopv1.Message{Id: "m2", Sender: "visitor"})
	})
	o.until("it was read", func() bool { return len(o.ids()) == 1 })
	if got := o.facts()[0]; got.Type != bus.MessageRead {
		t.Errorf("%+v", got)
	}
}
