package telegram

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/id"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

const movedTo = "-1001230000009"

// inChat is an update in another chat.
func inChat(chatID, body string) string {
	return strings.ReplaceAll(body, `"chat":{"id":-1001230000001`, `"chat":{"id":`+chatID)
}

func migration(updateID int) string {
	return update(updateID, "message", `,"is_topic_message":false,"message_thread_id":0,"migrate_to_chat_id":`+movedTo)
}

func TestConversationsGoOnWhenTheGroupHasMoved(t *testing.T) {
	o := newBureau(t)
	o.sessions.Show("default", chat, "412", "430", &bellhopv1.Message{Id: "m2", Sender: "visitor"})
	o.accepts(inChat(movedTo, update(1, "message", `,"message_id":1,"text":"too early: nobody knows this group"`)))
	o.expect()
	o.accepts(migration(2))
	o.accepts(inChat(movedTo, update(3, "message", `,"message_id":3,"text":"hello"`)))
	o.accepts(inChat(movedTo, `{"update_id":4,"message_reaction":{"chat":{"id":`+movedTo+`},"message_id":430,"user":{"id":555,"first_name":"Olga"},"new_reaction":[{"type":"emoji","emoji":"👀"}]}}`))
	if got := o.shown(); !slices.Equal(got, []string{"hello:  of 3"}) {
		t.Errorf("%q", got)
	}
	if got := o.ids(); got[len(got)-1] != "message.read telegram:4:read" {
		t.Errorf("the reaction is not known: %q", got)
	}
}

func TestMoveIsKnownToOtherProcessesAndAfterARestart(t *testing.T) {
	o := newBureau(t)
	o.accepts(migration(1))
	o.bot = o.newBot(id.Default, "")
	o.accepts(inChat(movedTo, update(2, "message", `,"message_id":2,"text":"hello"`)))
	if got := o.shown(); !slices.Equal(got, []string{"hello:  of 2"}) {
		t.Errorf("%q", got)
	}
}

func TestMoveIsLearnedFromTheNewGroupToo(t *testing.T) {
	o := newBureau(t)
	o.accepts(inChat(movedTo, update(1, "message", `,"is_topic_message":false,"message_thread_id":0,"migrate_from_chat_id":`+chat)))
	o.accepts(inChat(movedTo, update(2, "message", `,"message_id":2,"text":"hello"`)))
	if got := o.shown(); !slices.Equal(got, []string{"hello:  of 2"}) {
		t.Errorf("%q", got)
	}
}

func TestForeignGroupCannotBecomeOurs(t *testing.T) {
	o := newBureau(t)
	o.accepts(inChat("-1009990000001", migration(1)))
	o.accepts(inChat(movedTo, update(2, "message", `,"message_id":2,"text":"hello"`)))
	o.expect()
	if notes, err := o.bus.Notebook().List(t.Context(), o.bot.movesNote()); err != nil || len(notes) != 0 {
		t.Errorf("noted %v, %v", notes, err)
	}
}

func TestMovesInARowAreFollowed(t *testing.T) {
	g := configured([]int64{-1}).moved(-1, -2).moved(-2, -3).moved(-9, -4)
	if !g.known[-3] || g.known[-4] || !slices.Equal(g.former[-3], []int64{-2, -1}) {
		t.Errorf("%+v", g)
	}
	if g.moved(-3, -3) != g || g.moved(-2, -3) != g {
		t.Error("what is known changes something")
	}
}

// standingIn is an update about the bot's own rights.
func standingIn(updateID int, chatID, status, rights string) string {
	return fmt.Sprintf(`{"update_id":%d,"my_chat_member":{"chat":{"id":%s},"from":{"id":555,"first_name":"Olga"},"date":1,`+
		`"old_chat_member":{"status":"administrator","user":{"id":7001}},"new_chat_member":{"status":%q,"user":{"id":7001}%s}}}`, updateID, chatID, status, rights)
}

func TestLostRightIsToldUntilItIsBack(t *testing.T) {
	o := newBureau(t)
	const all = `,"can_manage_topics":true,"can_delete_messages":true`
	for n, step := range []struct{ status, rights, want string }{
		{"administrator", `,"can_delete_messages":true`, "can_manage_topics"},
		{"member", "", "can_manage_topics and can_delete_messages"},
		{"kicked", "", "not in the group"},
		{"administrator", all, ""},
	} {
		o.accepts(standingIn(n+1, chat, step.status, step.rights))
		got := o.problems[len(o.problems)-1]
		if step.want == "" && got != "" || !strings.Contains(got, step.want) || step.want != "" && !strings.Contains(got, chat) {
			t.Errorf("%s: told %q", step.status, got)
		}
	}
	told := len(o.problems)
	o.accepts(standingIn(9, "-1009990000001", "kicked", ""))
	if len(o.problems) != told {
		t.Error("a foreign group is our trouble")
	}
	o.expect()
}

func TestStandingIsLookedAtWhenTheBotStarts(t *testing.T) {
	o := newBureau(t)
	o.api.Refuse("getChatMember", `{"ok":true,"result":{"status":"administrator","can_manage_topics":true}}`)
	if err := o.bot.Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(o.problems) != 1 || !strings.Contains(o.problems[0], "can_delete_messages") {
		t.Errorf("told %q", o.problems)
	}
	o.api.Refuse("getChatMember", `{"ok":false,"error_code":403,"description":"Forbidden: bot was kicked from the supergroup chat"}`)
	o.bot.inspect(t.Context())
	if got := o.problems[len(o.problems)-1]; !strings.Contains(got, "not in the group") {
		t.Errorf("told %q", got)
	}
	o.api.Refuse("getChatMember", "")
	o.bot.inspect(t.Context())
	if got := o.problems[len(o.problems)-1]; got != "" {
		t.Errorf("told %q", got)
	}
}
