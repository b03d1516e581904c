package slack

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

func TestOperatorsMessageReachesTheConversation(t *testing.T) {
	o := newBureau(t)
	o.accepts(message("Ev1", "1795000020.000300", "Hi Ana &amp; <@U0OTHER>, see <https://a.b/c> :wave:"))
	events := o.expect("message.created slack:Ev1", "message.read slack:Ev1:read")
	data := events[0].Data.(*eventv1.MessageCreated)
	m, origin := data.GetMessage(), data.GetOrigin()
	if m.GetContent() != "Hi Ana & @Olga P, see https://a.b/c 👋" || m.GetOperatorName() != "Olga P" || m.GetId() != "slack:1795000020.000300" || data.GetPlatform() != "slack" {
		t.Errorf("%v", data)
	}
	if origin.GetChat() != channel || origin.GetThread() != thread || !slices.Equal(origin.GetIds(), []string{"1795000020.000300"}) {
		t.Errorf("%v", origin)
	}
	if read := events[1].Data.(*eventv1.MessageRead); !slices.Equal(read.GetMessageIds(), []string{"m1", "m2"}) {
		t.Errorf("%v", read)
	}
}

func TestWhatIsNotForVisitorsIsIgnored(t *testing.T) {
	o := newBureau(t)
	in := `,"type":"message","ts":"2.3","thread_ts":"` + thread + `","text":"x"`
	for name, body := range map[string]string{
		"our own, by user":      callback("Ev1", in+`,"user":"U0BOT"`),
		"our own, by bot":       callback("Ev2", in+`,"user":"U9","bot_id":"B01"`),
		"our own, by its mark":  callback("Ev3", in+`,"user":"U9","metadata":{"event_type":"bellhop_message","event_payload":{"id":"m1"}}`),
		"another bot":           callback("Ev4", in+`,"subtype":"bot_message","bot_id":"B77"`),
		"not in a thread":       callback("Ev5", `,"type":"message","user":"U0OLGA","ts":"2.3","text":"x"`),
		"a thread's first":      callback("Ev6", `,"type":"message","user":"U0OLGA","ts":"2.3","thread_ts":"2.3","text":"x"`),
		"somebody's own thread": callback("Ev7", in+`,"user":"U0OLGA","parent_user_id":"U0PETR"`),
		"another channel":       strings.ReplaceAll(callback("Ev8", in+`,"user":"U0OLGA"`), channel, "C0ELSEWHERE"),
		"a service message":     callback("Ev9", in+`,"user":"U0OLGA","subtype":"channel_join"`),
		"of nobody":             callback("Ev10", in),
		"a mention, once more":  callback("Ev11", strings.Replace(in, `"message"`, `"app_mention"`, 1)+`,"user":"U0OLGA"`),
		"something new":         callback("Ev12", `,"type":"hologram"`),
		"our own reaction":      callback("Ev13", `,"type":"reaction_added","user":"U0BOT","reaction":"memo","item":{"type":"message","channel":"`+channel+`","ts":"2.3"}`),
		"an unfolded link": callback("Ev14", `,"type":"message","subtype":"message_changed","hidden":true,"message":{"user":"U0OLGA","ts":"2.3","thread_ts":"`+thread+`","text":"x"},`+
			`"previous_message":{"ts":"2.3","text":"x"}`),
		"our own edit": callback("Ev15", `,"type":"message","subtype":"message_changed","message":{"user":"U0BOT","bot_id":"B01","ts":"2.3","thread_ts":"`+thread+`","text":"y"}`),
		"a tombstone":  callback("Ev16", `,"type":"message","subtype":"message_changed","message":{"user":"U0OLGA","subtype":"tombstone","ts":"2.3","thread_ts":"`+thread+`","text":"gone"}`),
	} {
		before := o.counted("bellhop_inbound_updates_total", string(office.ResultIgnored))
		o.accepts(body)
		if o.counted("bellhop_inbound_updates_total", string(office.ResultIgnored)) != before+1 {
			t.Errorf("%s is not ignored", name)
		}
	}
	o.expect()
}

func TestEveryKindOfMessageOfAPersonIsRelayed(t *testing.T) {
	o := newBureau(t)
	in := func(eventID, ts, more string) string {
		return callback(eventID, `,"type":"message","ts":"`+ts+`","thread_ts":"`+thread+`"`+more)
	}
	o.accepts(
		in("Ev1", "2.1", `,"user":"U0OLGA","text":"broadcast","subtype":"thread_broadcast"`),
		in("Ev2", "2.2", `,"user":"U0OLGA","text":"waves","subtype":"me_message"`),
		in("Ev3", "2.3", `,"bot_id":"B0ROBOT","text":"robot","subtype":"bot_message"`),
	)
	if got := o.texts(); !slices.Equal(got, []string{"broadcast", "waves", "robot"}) {
		t.Errorf("%q", got)
	}
}

func TestFilesAreCopiedAndNeverLinkedTo(t *testing.T) {
	o := newBureau(t)
	o.slack.tell("files/a.txt", "bytes of a file")
	body := callback("Ev1", `,"type":"message","subtype":"file_share","user":"U0OLGA","ts":"2.3","thread_ts":"`+thread+`","text":"look","files":[`+
		`{"id":"F01","name":"a.txt","mimetype":"text/plain","size":15,"url_private_download":"`+o.slack.URL+`/api/files/a.txt"},`+
		`{"id":"F02","name":"b.txt","mimetype":"text/plain","size":15,"url_private_download":"https://evil.example/b.txt"},`+
		`{"id":"F03","name":"c.txt","mode":"external","is_external":true,"url_private":"https://drive.example/c"}]`)
	o.accepts(body)
	events := o.expect("attachment.stored slack:Ev1:file:0", "message.created slack:Ev1", "message.read slack:Ev1:read")
	files := events[1].Data.(*eventv1.MessageCreated).GetMessage().GetAttachments()
	if len(files) != 1 || files[0].GetFilename() != "a.txt" || files[0].GetBridgeFileId() != "F01" || strings.Contains(files[0].String(), "http") {
		t.Fatalf("%v", files)
	}
	o.start(o.bot.Answer)
	told := o.slack.await(t, "chat.postEphemeral", 1)[0].form
	if text := told.Get("text"); told.Get("user") != "U0OLGA" || told.Get("thread_ts") != thread || !strings.Contains(text, "b.txt was not sent") || !strings.Contains(text, "c.txt was not sent") {
		t.Fatalf("%v", told)
	}
}

func TestFileOfAnotherOrganisationIsAskedFor(t *testing.T) {
	o := newBureau(t)
	o.slack.tell("files/a.txt", "bytes")
	o.slack.tell("files.info", `{"ok":true,"file":{"id":"F01","name":"a.txt","url_private":"`+o.slack.URL+`/api/files/a.txt"}}`)
	o.accepts(callback("Ev1", `,"type":"message","subtype":"file_share","user":"U0OLGA","ts":"2.3","thread_ts":"`+thread+`","files":[{"id":"F01","file_access":"check_file_info"}]`))
	o.expect("attachment.stored slack:Ev1:file:0", "message.created slack:Ev1", "message.read slack:Ev1:read")
}

func edit(eventID, ts, text string) string {
	return callback(eventID, `,"type":"message","subtype":"message_changed","hidden":true,"message":{"user":"U0OLGA","ts":"`+ts+`","thread_ts":"`+thread+`","text":"`+text+`"},`+
		`"previous_message":{"ts":"`+ts+`","text":"before"}`)
}

func deletion(eventID, ts string) string {
	return callback(eventID, `,"type":"message","subtype":"message_deleted","deleted_ts":"`+ts+`","previous_message":{"user":"U0OLGA","ts":"`+ts+`","thread_ts":"`+thread+`"}`)
}

func TestCorrectionsAndDeletionsFollow(t *testing.T) {
	o := newBureau(t)
	o.accepts(message("Ev1", "2.3", "before"), edit("Ev2", "2.3", "after &amp; all"), deletion("Ev3", "2.3"))
	events := o.expect("message.created slack:Ev1", "message.read slack:Ev1:read", "message.edited slack:Ev2", "message.deleted slack:Ev3")
	if got := events[2].Data.(*eventv1.MessageEdited); got.GetContent() != "after & all" || got.GetMessageId() != "slack:2.3" {
		t.Errorf("%v", got)
	}
	if got := events[3].Data.(*eventv1.MessageDeleted); got.GetMessageId() != "slack:2.3" {
		t.Errorf("%v", got)
	}
}

func TestDeletedCardIsToldToTheNotifier(t *testing.T) {
	o := newBureau(t)
	told := make(chan slack.Place, 1)
	stop, err := o.bus.OnSignal(slack.SignalThread, func(_ id.Project, s id.Session, payload []byte) {
		if place, ok := slack.DecodePlace(payload); ok && s == "ses_ana" {
			told <- place
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	gone := func(eventID, ts string) string {
		return callback(eventID, `,"type":"message","subtype":"message_deleted","deleted_ts":"`+ts+`","previous_message":{"user":"U0BOT","bot_id":"B01","ts":"`+ts+`"}`)
	}
	o.accepts(gone("Ev1", "9.9"), gone("Ev2", thread))
	if got := <-told; got != (slack.Place{Channel: channel, Thread: thread}) {
		t.Errorf("%+v", got)
	}
	o.expect()
}

func TestEditThatOvertakesItsMessageIsNotLost(t *testing.T) {
	o := newBureau(t)
	o.accepts(edit("Ev2", "2.3", "after"), message("Ev1", "2.3", "before"))
	o.expect("message.created slack:Ev1", "message.read slack:Ev1:read", "message.edited slack:Ev2:again")
}

func TestNoteAndCommandStayWithTheTeam(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	o.accepts(message("Ev1", "2.1", "//between us"), message("Ev2", "2.2", "!info"), message("Ev3", "2.3", "<@U0BOT> close"), message("Ev4", "2.4", "!note this"))
	if got := o.texts(); len(got) != 0 {
		t.Fatalf("the visitor was told %q", got)
	}
	o.expect("session.closed slack:Ev3")
	marks := o.slack.await(t, "reactions.add", 2)
	if marks[0].form.Get("name") != "memo" || marks[0].form.Get("timestamp") != "2.1" {
		t.Errorf("%v", marks[0])
	}
	if info := o.slack.await(t, "chat.postEphemeral", 1)[0].form; !strings.Contains(info.Get("text"), "Conversation ") || info.Get("user") != "U0OLGA" {
		t.Errorf("%v", info)
	}
}

func TestReactionMarksAsReadAndAWastebasketDeletes(t *testing.T) {
	o := newBureau(t)
	o.sessions.Show("default", channel, thread, "5.6", &bellhopv1.Message{Id: "m2", Sender: "visitor"})
	on := func(eventID, reaction, ts string) string {
		return callback(eventID, `,"type":"reaction_added","user":"U0OLGA","reaction":"`+reaction+`","item":{"type":"message","channel":"`+channel+`","ts":"`+ts+`"}`)
	}
	o.accepts(on("Ev1", "+1::skin-tone-3", "5.6"))
	o.accepts(message("Ev2", "2.3", "oops"), on("Ev3", "wastebasket", "2.3"))
	events := o.expect("message.read slack:Ev1:read", "message.created slack:Ev2", "message.read slack:Ev2:read", "message.read slack:Ev3:read", "message.deleted slack:Ev3")
	if got := events[0].Data.(*eventv1.MessageRead); got.GetBy() != "Olga P" {
		t.Errorf("%v", got)
	}
}

func TestNamelessOperatorIsStillHeard(t *testing.T) {
	o := newBureau(t)
	o.slack.tell("users.info", `{"ok":false,"error":"missing_scope"}`)
	o.accepts(message("Ev1", "2.3", "hi <@U0OTHER>"))
	m := o.facts()[0].Data.(*eventv1.MessageCreated).GetMessage()
	if m.GetOperatorName() != defaultName || m.GetContent() != "hi @U0OTHER" {
		t.Errorf("%v", m)
	}
}

func TestSameEventTwiceShowsOnce(t *testing.T) {
	o := newBureau(t)
	body := message("Ev1", "2.3", "once")
	o.accepts(body, body)
	o.bot = o.newBot() // another replica, which has not seen it
	o.accepts(body)
	o.expect("message.created slack:Ev1", "message.read slack:Ev1:read")
}

func TestEventIsRefusedUntilItIsStored(t *testing.T) {
	o := newBureau(t)
	body := message("Ev1", "2.3", "hello")
	refused := func(why string) {
		t.Helper()
		if w := o.post(body, "application/json"); w.Code != http.StatusServiceUnavailable || code(t, w) != "unavailable" {
			t.Fatalf("%s: %d %s", why, w.Code, w.Body)
		}
	}
	o.slack.tell("auth.test", `{"ok":false,"error":"internal_error"}`)
	refused("nobody knows who the bot is")
	o.slack.tell("auth.test", `{"ok":true,"user":"bellhop","user_id":"U0BOT","bot_id":"B01"}`)
	o.sessions.SetAway(true)
	refused("sessions are away")
	o.sessions.SetAway(false)
	o.server.Stop()
	refused("the bus is away")
	o.server = bustest.ServerIn(t, o.dir)
	o.bus = bustest.Connect(t, bus.Config{InProcess: o.server, Name: t.Name()})
	o.desk.Bus, o.sessions.Bus = o.bus, o.bus
	o.accepts(body)
	o.expect("message.created slack:Ev1", "message.read slack:Ev1:read")
}

func TestSlackIsNotKeptWaitingAndFindsItDoneAfterwards(t *testing.T) {
	o := newBureau(t)
	o.bot.patience = 10 * time.Millisecond
	hold := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-hold
		_, _ = w.Write([]byte("bytes"))
	}))
	defer slow.Close()
	o.options.Config.APIURL = slow.URL + "/api/" // where files may come from
	me, err := o.bot.identity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o.bot = o.newBot()
	o.bot.patience = 10 * time.Millisecond
	o.bot.me.Store(&me)
	body := callback("Ev1", `,"type":"message","subtype":"file_share","bot_id":"B0ROBOT","ts":"2.3","thread_ts":"`+thread+`","files":[{"id":"F01","name":"a.txt","url_private":"`+slow.URL+`/api/a.txt"}]`)
	second := callback("Ev2", `,"type":"message","bot_id":"B0ROBOT","ts":"2.4","thread_ts":"`+thread+`","text":"after it"`)
	for _, waits := range []string{body, second} {
		if w := o.post(waits, "application/json"); w.Code != http.StatusServiceUnavailable {
			t.Fatalf("%d", w.Code)
		}
	}
	close(hold)
	o.bot.patience = patience
	o.accepts(second, body)
	if got := o.texts(); !slices.Equal(got, []string{"", "after it"}) {
		t.Errorf("the order is %q", got)
	}
}
