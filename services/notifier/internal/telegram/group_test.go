package telegram

import (
	"errors"
	"fmt"
	"strconv"
	"testing"

	"go.uber.org/zap"

	botapi "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

const otherGroup = "-1001230000002"

// twoGroups is a sender of two groups.
func twoGroups(t *testing.T) (*api, *Sender) {
	t.Helper()
	a, s := newAPI(t)
	s = New(botapi.Config{Token: token, Chats: []string{group, otherGroup}, APIURL: a.URL}, s.files, zap.NewNop())
	t.Cleanup(s.Disconnect)
	return a, s
}

func session(n int) *sessionsv1.SessionRecord {
	return &sessionsv1.SessionRecord{Session: &bellhopv1.Session{Id: "ses_" + strconv.Itoa(n)}}
}

// of is a session whose share is that group.
func of(t *testing.T, s *Sender, chat string) *sessionsv1.SessionRecord {
	t.Helper()
	for n := range 100 {
		if s.Chat(session(n)) == chat {
			return session(n)
		}
	}
	t.Fatalf("no session is for %s", chat)
	return nil
}

func TestConversationsAreSpreadAndEachGroupHasItsAccount(t *testing.T) {
	_, s := twoGroups(t)
	got := map[string]int{}
	for n := range 1000 {
		got[s.Chat(session(n))]++
	}
	if len(got) != 2 || got[group] < 400 || got[otherGroup] < 400 {
		t.Errorf("spread %v", got)
	}
	if s.Account(deliver.Place{Chat: group, Thread: "1"}) == s.Account(deliver.Place{Chat: otherGroup, Thread: "1"}) {
		t.Error("two groups share a budget")
	}
}

func refusing(chat string, code int, description string) func(string, map[string]any) (int, string, bool) {
	return func(_ string, body map[string]any) (int, string, bool) {
		if id, ok := body["chat_id"].(float64); !ok || strconv.FormatInt(int64(id), 10) != chat {
			return 0, "", false
		}
		return code, fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, code, description), true
	}
}

func kindOf(t *testing.T, err error) deliver.Kind {
	t.Helper()
	failed, ok := errors.AsType[*deliver.Failure](err)
	if !ok {
		t.Fatalf("%v is no failure", err)
	}
	return failed.Kind
}

func TestGroupThatRefusesTheBotDoesNotStopTheOthers(t *testing.T) {
	a, s := twoGroups(t)
	here := of(t, s, otherGroup)
	a.refuse = refusing(otherGroup, 403, "Forbidden: bot was kicked from the supergroup chat")
	_, _, err := s.Open(t.Context(), otherGroup, here)
	if kindOf(t, err) != deliver.Unknown {
		t.Fatalf("%v stops everything", err)
	}
	if s.Chat(here) != group {
		t.Error("the next try goes to the group that would not have the bot")
	}
	if _, _, err := s.Open(t.Context(), s.Chat(here), here); err != nil {
		t.Fatal(err)
	}
	if err := s.Probe(t.Context()); err != nil {
		t.Errorf("the bot works in one group: %v", err)
	}
	a.refuse = nil
	if err := s.Probe(t.Context()); err != nil || s.Chat(here) != otherGroup {
		t.Errorf("the group has the bot again, and it is not used: %v", err)
	}
}

func TestBotThatNoGroupHasIsStopped(t *testing.T) {
	a, s := twoGroups(t)
	a.refuse = func(method string, body map[string]any) (int, string, bool) {
		if method == "getMe" {
			return 0, "", false
		}
		return 403, `{"ok":false,"error_code":403,"description":"Forbidden: bot was kicked from the supergroup chat"}`, true
	}
	_, _, first := s.Open(t.Context(), group, ana())
	_, _, second := s.Open(t.Context(), otherGroup, ana())
	if kindOf(t, first) != deliver.Unknown || kindOf(t, second) != deliver.Forbidden {
		t.Errorf("%v, then %v", first, second)
	}
	if kindOf(t, s.Probe(t.Context())) != deliver.Forbidden {
		t.Error("the probe finds nothing wrong")
	}
}

func TestRevokedTokenIsNoGroupsFault(t *testing.T) {
	a, s := twoGroups(t)
	a.answer = func(string) (int, string) { return 401, `{"ok":false,"error_code":401,"description":"Unauthorized"}` }
	_, _, err := s.Open(t.Context(), group, ana())
	if kindOf(t, err) != deliver.Forbidden || s.refuses(number(group)) {
		t.Errorf("%v", err)
	}
}

func TestMissingRightToCloseOrDeleteIsNoRefusalOfTheBot(t *testing.T) {
	a, s := twoGroups(t)
	a.refuse = refusing(group, 400, "Bad Request: not enough rights to manage topics")
	if kindOf(t, s.Close(t.Context(), topic, nil)) != deliver.Refused || kindOf(t, s.Reopen(t.Context(), topic, nil)) != deliver.Refused ||
		kindOf(t, s.Delete(t.Context(), at)) != deliver.Refused || s.refuses(number(group)) {
		t.Error("a right that conversations can do without counts as a refusal")
	}
}
