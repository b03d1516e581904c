package command

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// typed is a command in an open conversation with two unread messages.
func typed() In {
	return In{
		Conversation: &receive.Conversation{
			Thread:  receive.Thread{Project: id.Default, Platform: "telegram", Chat: "-100", Thread: "412"},
			Session: "ses_ana", Unread: []string{"m1", "m2"},
			Record: &sessionsv1.SessionRecord{Session: &bellhopv1.Session{Id: "ses_ana", VisitorId: "v1", Status: "active"}},
		},
		Occasion: receive.Occasion{EventID: "telegram:7", At: time.UnixMilli(1795000000123), By: receive.Operator{ID: "telegram:555", Name: "Olga"}},
	}
}

func run(word string, in In) Out { return Run(Line{Kind: Order, Word: word}, in) }

func TestCloseClosesAndLeavesTheLineToTheNotifier(t *testing.T) {
	out := run("close", typed())
	if len(out.Events) != 1 || out.Answer != "" || out.Events[0].Type != bus.SessionClosed || out.Events[0].ID != "telegram:7" {
		t.Fatalf("%+v", out)
	}
	data := out.Events[0].Data.(*eventv1.Session)
	if data.GetBy() != "Olga" || data.GetPlatform() != "telegram" || data.GetSession().GetStatus() != "closed" || data.GetSession().GetClosedAt() == nil || data.GetAt() == nil {
		t.Fatalf("%+v", data)
	}
}

func TestReopenIsForClosedConversations(t *testing.T) {
	in := typed()
	if out := run("reopen", in); len(out.Events) != 0 || !out.Refused {
		t.Fatalf("%+v", out)
	}
	in.Conversation.Record.Session.Status = "closed"
	if out := run("reopen", in); len(out.Events) != 1 || out.Events[0].Type != bus.SessionReopened {
		t.Fatalf("%+v", out)
	}
}

func TestReadMarksWhatIsUnread(t *testing.T) {
	in := typed()
	out := run("read", in)
	data, ok := out.Events[0].Data.(*eventv1.MessageRead)
	if !ok || len(data.GetMessageIds()) != 2 || data.GetReader() != "operator" || data.GetStatus() != "read" || !strings.Contains(out.Answer, "2 messages") {
		t.Fatalf("%+v", out)
	}
	in.Conversation.Unread = nil
	if out := run("read", in); len(out.Events) != 0 || out.Answer == "" {
		t.Fatalf("%+v", out)
	}
}

func TestOnlyTheTeamsMessagesAreDeleted(t *testing.T) {
	deleted := &bellhopv1.Message{Id: "m", Sender: "operator", DeletedAt: timestamppb.Now()}
	for name, test := range map[string]struct {
		reply   bool
		message *bellhopv1.Message
		want    int
	}{
		"no reply":            {false, nil, 0},
		"reply to a note":     {true, nil, 0},
		"visitor's":           {true, &bellhopv1.Message{Id: "m", Sender: "visitor"}, 0},
		"system's":            {true, &bellhopv1.Message{Id: "m", Sender: "system"}, 0},
		"deleted already":     {true, deleted, 0},
		"operator's":          {true, &bellhopv1.Message{Id: "m", Sender: "operator"}, 1},
		"artificial operator": {true, &bellhopv1.Message{Id: "m", Sender: "ai"}, 1},
	} {
		for _, word := range []string{"delete", "del"} {
			in := typed()
			in.Reply = test.reply
			if test.message != nil {
				in.Quoted = &sessionsv1.MessageRecord{Message: test.message}
			}
			out := run(word, in)
			if len(out.Events) != test.want || out.Answer == "" || out.Refused != (test.want == 0) {
				t.Errorf("%s: /%s gives %+v", name, word, out)
			}
			if test.want == 1 && out.Events[0].Data.(*eventv1.MessageDeleted).GetMessageId() != "m" {
				t.Errorf("%s: deletes %v", name, out.Events[0].Data)
			}
		}
	}
}

func TestDeleteWithoutAReplySaysWhatWorksOnThePlatform(t *testing.T) {
	for platform, want := range map[string]string{"telegram": "Reply with", "discord": "Reply with", "slack": "react to it with 🗑"} {
		in := typed()
		in.Conversation.Platform = platform
		if out := run("delete", in); !out.Refused || !strings.Contains(out.Answer, want) {
			t.Errorf("%s: %+v", platform, out)
		}
	}
}

func TestPresenceIsTheProjects(t *testing.T) {
	for word, online := range map[string]bool{"online": true, "offline": false} {
		out := run(word, typed())
		data, ok := out.Events[0].Data.(*eventv1.OperatorStatus)
		if !ok || data.GetOnline() != online || data.GetOperatorId() != "telegram:555" || out.Events[0].Session != id.Everyone {
			t.Errorf("/%s gives %+v", word, out)
		}
	}
}

func TestUnknownCommandIsToldOf(t *testing.T) {
	out := run("clsoe"+strings.Repeat("e", 100), typed())
	if len(out.Events) != 0 || !out.Refused || !strings.Contains(out.Answer, "/clsoe") || len(out.Answer) > 200 {
		t.Fatalf("%+v", out)
	}
}

func TestInfoShowsTheVisitorInAFewLines(t *testing.T) {
	in := typed()
	session := in.Conversation.Record.Session
	var err error
	if session.Identity, err = structpb.NewStruct(map[string]any{"name": "Ana\nMaria", "email": "ana@example.com", "age": 7}); err != nil {
		t.Fatal(err)
	}
	if session.Metadata, err = structpb.NewStruct(map[string]any{"url": "https://x.example/" + strings.Repeat("y", 5000)}); err != nil {
		t.Fatal(err)
	}
	answer := run("info", in).Answer
	if !strings.Contains(answer, "👤 Ana Maria\n📧 ana@example.com") || len(answer) > 1000 {
		t.Fatalf("%q", answer)
	}
}

func TestInfoTellsAProvenIdentityFromOneThatIsSaid(t *testing.T) {
	in := typed()
	session := in.Conversation.Record.Session
	for id, lines := range map[string]map[bool]string{
		"42":   {false: "🔑 unverified 42", true: "🔑 ✅ 42"},
		"✅ 42": {false: "🔑 unverified ✅ 42"},
	} {
		for verified, want := range lines {
			session.Identity = &structpb.Struct{Fields: map[string]*structpb.Value{"id": structpb.NewStringValue(id)}}
			session.IdentityVerified = verified
			if answer := run("info", in).Answer; !slices.Contains(strings.Split(answer, "\n"), want) {
				t.Errorf("verified %t: %q", verified, answer)
			}
		}
	}
	session.Identity = &structpb.Struct{Fields: map[string]*structpb.Value{"email": structpb.NewStringValue("a@b.c")}}
	if answer := run("info", in).Answer; strings.Contains(answer, "✅") || strings.Contains(answer, "unverified") {
		t.Errorf("of nobody's id: %q", answer)
	}
}

func TestHelpListsEveryCommandAndTheMenuTakesThem(t *testing.T) {
	answer := run("help", typed()).Answer
	seen := map[string]bool{}
	for _, c := range All() {
		if !strings.Contains(answer, "/"+c.Name+": "+c.Help) || !regexp.MustCompile(`^[a-z0-9_]{1,32}$`).MatchString(c.Name) {
			t.Errorf("%s is not in %q", c.Name, answer)
		}
		for _, word := range append([]string{c.Name}, c.Aliases...) {
			if seen[word] {
				t.Errorf("%s stands for two commands", word)
			}
			seen[word] = true
		}
	}
}
