package slack

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

// now is a message of this moment.
func now(text string) deliver.Post {
	m := said(text, 0)
	m.Message.Timestamp = timestamppb.Now()
	return deliver.Post{Record: ana(), Messages: list(m)}
}

func standing(ts string) *bellhopv1.PlatformMessage {
	return &bellhopv1.PlatformMessage{Chat: channel, Thread: stamp(1), Ids: []string{ts}}
}

func TestConversationIsAThreadUnderItsCard(t *testing.T) {
	f, s := newFake(t)
	place, carded, err := s.Open(t.Context(), s.Chat(nil), ana())
	if err != nil || !carded || place != (deliver.Place{Chat: channel, Thread: stamp(1)}) {
		t.Fatalf("%v, %v, %v", place, carded, err)
	}
	methods, open := f.made()
	if methods != "chat.postMessage" || open.form.Get("thread_ts") != "" || !strings.Contains(open.form.Get("text"), "large_green_circle: Open") ||
		!strings.Contains(open.form.Get("blocks"), `"action_id":"close"`) || strings.Contains(open.form.Encode(), secret) {
		t.Fatalf("%s %v", methods, open.form)
	}
	ids, err := s.Send(t.Context(), place, now("hi"), 0)
	if err != nil || !slices.Equal(ids, []string{stamp(2)}) {
		t.Fatalf("%v, %v", ids, err)
	}
	if _, sent := f.made(); sent.form.Get("thread_ts") != place.Thread || sent.form.Get("channel") != channel || !strings.Contains(sent.form.Get("metadata"), `"id":"m-hi"`) {
		t.Fatalf("%v", sent.form)
	}
	if err := s.Edit(t.Context(), standing(ids[0]), now("better"), 0); err != nil {
		t.Fatal(err)
	}
	if methods, edit := f.made(); methods != "chat.update" || edit.form.Get("ts") != ids[0] || !strings.HasSuffix(edit.form.Get("text"), "better") {
		t.Fatalf("%s %v", methods, edit.form)
	}
	if err := s.Delete(t.Context(), standing(ids[0])); err != nil || len(f.texts()) != 1 {
		t.Fatalf("%v, %v", err, f.texts())
	}
}

func TestClosingIsSeenOnTheCardAndInTheThread(t *testing.T) {
	f, s := newFake(t)
	place, _, err := s.Open(t.Context(), channel, ana())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.SayClosed(t.Context(), place, "Olga"), s.Close(t.Context(), place, closedBy("Olga"))); err != nil {
		t.Fatal(err)
	}
	methods, last := f.made()
	if methods != "chat.postMessage chat.postMessage chat.update" || last.form.Get("ts") != place.Thread || !strings.HasPrefix(last.form.Get("text"), ":white_check_mark: Closed by Olga\n") ||
		!strings.Contains(last.form.Get("blocks"), `"action_id":"reopen"`) || f.texts()[1] != "✅ Closed by Olga" {
		t.Fatalf("%s %v %v", methods, last.form, f.texts())
	}
	if err := s.Reopen(t.Context(), place, ana()); err != nil {
		t.Fatal(err)
	}
	if _, last := f.made(); !strings.HasPrefix(last.form.Get("text"), ":large_green_circle: Open\n") || !strings.Contains(last.form.Get("blocks"), `"action_id":"close"`) {
		t.Fatalf("%v", last.form)
	}
}

func TestCardIsShownAboveAndNeverTwice(t *testing.T) {
	f, s := newFake(t)
	place, _, err := s.Open(t.Context(), channel, ana())
	if err != nil {
		t.Fatal(err)
	}
	f.made()
	withCard := now("hi")
	withCard.Card = true
	if n := len(s.Plan(withCard, nil)); n < 2 {
		t.Fatalf("a card and a message make %d calls", n)
	}
	ids, err := s.Send(t.Context(), place, deliver.Post{Record: ana(), Card: true}, 0)
	if methods, last := f.made(); err != nil || ids != nil || methods != "chat.update" || last.form.Get("ts") != place.Thread {
		t.Fatalf("%v, %v, %s", ids, err, methods)
	}
}

func TestRefusalsSayWhatComesNext(t *testing.T) {
	thread, post := deliver.Place{Chat: channel, Thread: stamp(1)}, now("hi")
	plain := post
	plain.Plain = true
	send := func(s *Sender) error { _, err := s.Send(t.Context(), thread, post, 0); return err }
	edit := func(s *Sender) error { return s.Edit(t.Context(), standing("5.6"), post, 0) }
	remove := func(s *Sender) error { return s.Delete(t.Context(), standing("5.6")) }
	closing := func(s *Sender) error { return s.Close(t.Context(), thread, ana()) }
	for _, c := range []struct {
		method, code string
		call         func(*Sender) error
		want         deliver.Kind
	}{
		{"chat.postMessage", "thread_not_found", send, deliver.ThreadGone},
		{"chat.postMessage", "message_not_found", send, deliver.ThreadGone},
		{"chat.postMessage", "restricted_action_thread_locked", send, deliver.ThreadGone},
		{"chat.postMessage", "msg_blocks_too_long", send, deliver.TextRefused},
		{"chat.postMessage", "msg_too_long", func(s *Sender) error { _, err := s.Send(t.Context(), thread, plain, 0); return err }, deliver.Refused},
		{"chat.postMessage", "is_archived", send, deliver.Forbidden},
		{"chat.postMessage", "channel_not_found", send, deliver.Forbidden},
		{"chat.postMessage", "token_revoked", send, deliver.Forbidden},
		{"chat.postMessage", "something_new", send, deliver.Refused},
		{"chat.postMessage", "internal_error", send, deliver.Unknown},
		{"chat.update", "message_not_found", edit, deliver.MessageGone},
		{"chat.update", "cant_update_message", edit, deliver.Refused},
		{"chat.update", "invalid_blocks", edit, deliver.TextRefused},
		{"chat.update", "message_not_found", closing, deliver.ThreadGone},
		{"chat.update", "missing_scope", closing, deliver.Refused},
		{"chat.update", "invalid_auth", closing, deliver.Forbidden},
		{"chat.delete", "message_not_found", remove, deliver.MessageGone},
		{"chat.delete", "cant_delete_message", remove, deliver.Refused},
		{"chat.delete", "missing_scope", remove, deliver.Refused},
	} {
		f, s := newFake(t)
		f.tell(c.method, `{"ok":false,"error":"`+c.code+`"}`)
		failed, ok := errors.AsType[*deliver.Failure](c.call(s))
		if !ok || failed.Kind != c.want {
			t.Errorf("%s %s: %v, want %v", c.method, c.code, failed, c.want)
		}
	}
}

func TestRetryAfterIsHandedOn(t *testing.T) {
	f, s := newFake(t)
	f.tell("chat.postMessage", `{"ok":false,"error":"ratelimited"}`)
	_, err := s.Send(t.Context(), deliver.Place{Chat: channel, Thread: "1.2"}, now("hi"), 0)
	failed, ok := errors.AsType[*deliver.Failure](err)
	if !ok || failed.Kind != deliver.RateLimited || failed.After != 17*time.Second || failed.Everywhere {
		t.Fatalf("%+v", failed)
	}
	f.tell("chat.postMessage", `{"ok":false,"error":"message_limit_exceeded"}`)
	_, err = s.Send(t.Context(), deliver.Place{Chat: channel, Thread: "1.2"}, now("hi"), 0)
	if failed, ok := errors.AsType[*deliver.Failure](err); !ok || failed.Kind != deliver.RateLimited || failed.After < time.Minute || !failed.Everywhere {
		t.Fatalf("%+v", failed)
	}
}

func TestAnswerThatFellOutOfItsThreadIsTakenBack(t *testing.T) {
	f, s := newFake(t)
	f.tell("chat.postMessage", `{"ok":true,"channel":"C0SUPPORT01","ts":"7.8","message":{"ts":"7.8"}}`)
	_, err := s.Send(t.Context(), deliver.Place{Chat: channel, Thread: "1.2"}, now("hi"), 0)
	if failed, ok := errors.AsType[*deliver.Failure](err); !ok || failed.Kind != deliver.ThreadGone {
		t.Fatalf("%v", err)
	}
	if methods, last := f.made(); methods != "chat.postMessage chat.delete" || last.form.Get("ts") != "7.8" {
		t.Fatalf("%s %v", methods, last.form)
	}
}

func TestPublicChannelIsJoinedWhenTheBotIsNoMember(t *testing.T) {
	f, s := newFake(t)
	place := opened(t, f, s)
	f.tell("chat.postMessage", `{"ok":false,"error":"not_in_channel"}`)
	if _, err := s.Send(t.Context(), place, now("hi"), 0); err != nil {
		t.Fatal(err)
	}
	if methods, _ := f.made(); methods != "chat.postMessage conversations.join chat.postMessage" {
		t.Fatal(methods)
	}
	f.tell("chat.postMessage", `{"ok":false,"error":"not_in_channel"}`)
	f.tell("conversations.join", `{"ok":false,"error":"method_not_supported_for_channel_type"}`)
	_, err := s.Send(t.Context(), place, now("hi"), 0)
	if failed, ok := errors.AsType[*deliver.Failure](err); !ok || failed.Kind != deliver.Forbidden {
		t.Fatalf("%v", err)
	}
}

func TestBotAppearsAsConfiguredOrAsItself(t *testing.T) {
	f, s := newFake(t, func(c *webapi.Config) { c.Username, c.IconEmoji = "Front desk", ":bell:" })
	place := opened(t, f, s)
	if _, err := s.Send(t.Context(), place, now("hi"), 0); err != nil {
		t.Fatal(err)
	}
	if _, last := f.made(); last.form.Get("username") != "Front desk" || last.form.Get("icon_emoji") != ":bell:" {
		t.Fatalf("%v", last.form)
	}
	f.tell("chat.postMessage", `{"ok":false,"error":"missing_scope","needed":"chat:write.customize"}`)
	for range 2 {
		if _, err := s.Send(t.Context(), place, now("hi"), 0); err != nil {
			t.Fatal(err)
		}
	}
	if methods, last := f.made(); methods != "chat.postMessage chat.postMessage chat.postMessage" || last.form.Has("username") {
		t.Fatalf("%s %v", methods, last.form)
	}
}

func TestProbeTellsWhetherTheBotCanWork(t *testing.T) {
	for name, test := range map[string]struct {
		auth, info, join string
		want             string
	}{
		"well":                {want: "well"},
		"revoked":             {auth: `{"ok":false,"error":"token_revoked"}`, want: "forbidden"},
		"archived":            {info: `{"ok":true,"channel":{"is_archived":true,"is_member":true}}`, want: "forbidden"},
		"no member":           {info: `{"ok":true,"channel":{}}`, want: "well"},
		"not let in":          {info: `{"ok":true,"channel":{}}`, join: `{"ok":false,"error":"missing_scope"}`, want: "forbidden"},
		"private, no member":  {info: `{"ok":false,"error":"channel_not_found"}`, want: "forbidden"},
		"may not ask":         {info: `{"ok":false,"error":"missing_scope"}`, want: "well"},
		"Slack is in trouble": {info: `{"ok":false,"error":"internal_error"}`, want: "unknown"},
	} {
		f, s := newFake(t)
		f.tell("auth.test", test.auth)
		f.tell("conversations.info", test.info)
		f.tell("conversations.join", test.join)
		got := "well"
		if failed, ok := errors.AsType[*deliver.Failure](s.Probe(t.Context())); ok {
			got = failed.Kind.String()
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestLimitsAreTheConfigured(t *testing.T) {
	if got := Limits(webapi.Config{RatePerSecond: 2, Burst: 7}); got != (pace.Limits{Rate: 2, Burst: 7, Margin: margin}) {
		t.Errorf("%+v", got)
	}
	_, s := newFake(t)
	if s.Account(deliver.Place{Chat: channel, Thread: "1.2"}) != s.Account(deliver.Place{Chat: channel}) || s.Current("x") != "x" || s.Name() != "slack" {
		t.Error("not one account a channel")
	}
}
