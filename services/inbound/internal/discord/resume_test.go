package discord

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/platform/discord/gateway"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

func TestRestartGoesOnWhereItStopped(t *testing.T) {
	o := newBureau(t)
	stop := o.listen()
	o.says("1440000000000000002", "one", "")
	o.until("one", func() bool { return len(o.texts()) == 1 })
	stop()
	o.api.Await(t, "a farewell", func() bool { return len(o.api.Closes()) == 1 })
	if codes := o.api.Closes(); len(codes) != 1 || codes[0] == 1000 || codes[0] == 1001 {
		t.Fatalf("left with %v, with which the session ends", codes)
	}
	o.says("1440000000000000003", "two", "")
	o.start(func(ctx context.Context) error { return o.bot.Run(ctx, "another") })
	o.until("two", func() bool { return len(o.texts()) == 2 })
	// It may have been stopped before it knew that the first message was stored: then it gets it again, and knows it.
	if from := o.api.Resumed(); o.api.Begun() != 1 || len(from) != 1 || from[0] > 2 || !slices.Equal(o.texts(), []string{"one", "two"}) {
		t.Fatalf("%d sessions begun, resumed from %v: %q", o.api.Begun(), from, o.texts())
	}
}

func TestALostConnectionLosesNothing(t *testing.T) {
	o := newBureau(t)
	o.listen()
	o.says("1440000000000000002", "one", "")
	o.until("one", func() bool { return len(o.texts()) == 1 })
	o.api.Cut()
	o.says("1440000000000000003", "two", "")
	o.until("two", func() bool { return slices.Equal(o.texts(), []string{"one", "two"}) })
}

func TestWhatALostSessionDidNotTellIsReadFromTheThreads(t *testing.T) {
	o := newBureau(t)
	stop := o.listen()
	o.says("1440000000000000002", "one", "")
	o.until("one", func() bool { return len(o.texts()) == 1 })
	stop()
	o.api.Forget()
	archived := "1440000000000000100"
	o.sessions.Begin("default", channel, archived, "ses_bo")
	thread2 := `{"id":"` + archived + `","type":11,"parent_id":"` + channel + `","last_message_id":"1440000000000000110","thread_metadata":{"archived":true,"archive_timestamp":"2026-11-21T05:00:00+00:00"}}`
	older := `{"id":"1440000000000000101","type":11,"parent_id":"` + channel + `","last_message_id":"1440000000000000120","thread_metadata":{"archived":true,"archive_timestamp":"2020-01-01T00:00:00+00:00"}}`
	foreign := `{"id":"1440000000000000102","type":11,"parent_id":"1300000000000000009","last_message_id":"1440000000000000120"}`
	idle := `{"id":"1440000000000000103","type":11,"parent_id":"` + channel + `","last_message_id":"1000000000000000000"}`
	o.api.Answers("GET /guilds/"+guild+"/threads/active", `{"threads":[`+foreign+`,`+idle+`,`+state(false)+`]}`)
	o.api.Answers("GET /channels/"+channel+"/threads/archived/public", `{"threads":[`+thread2+`,`+older+`],"has_more":true}`)
	in2 := func(body string) string { return strings.Replace(body, thread, archived, 1) }
	o.api.Answers("GET /channels/"+thread+"/messages", `[`+strings.Join([]string{
		message("1440000000000000005", "three", ""), message("1440000000000000004", "//a note", ""),
		strings.Replace(message("1440000000000000003", "by the bot", ""), olga, self, 1),
		message("1440000000000000002", "one, corrected", `,"edited_timestamp":"2026-11-21T01:00:01+00:00"`),
	}, ",")+`]`)
	o.api.Answers("GET /channels/"+archived+"/messages", `[`+in2(message("1440000000000000110", "to Bo", ""))+`]`)
	o.api.Refuses("GET /channels/"+archived+"/messages", 500, `oops`)
	o.start(func(ctx context.Context) error { return o.bot.Run(ctx, "another") })
	o.until("what was missed", func() bool { return len(o.texts()) == 3 })
	if got := o.texts(); !slices.Equal(got, []string{"one", "three", "to Bo"}) || o.api.Begun() != 2 {
		t.Fatalf("%q in %d sessions", got, o.api.Begun())
	}
	var edited []string
	for _, ev := range o.facts() {
		if data, ok := ev.Data.(*eventv1.MessageEdited); ok {
			edited = append(edited, data.GetContent())
		}
	}
	if !slices.Equal(edited, []string{"one, corrected"}) {
		t.Errorf("corrected %q", edited)
	}
	for _, call := range o.api.Calls("GET /channels/") {
		if strings.Contains(call.Method, "/1440000000000000101/") || strings.Contains(call.Method, "/1440000000000000102/") || strings.Contains(call.Method, "/1440000000000000103/") {
			t.Errorf("called %s", call.Method)
		}
	}
	// What the new session tells comes after what was missed.
	o.says("1440000000000000130", "four", "")
	o.until("four", func() bool { return slices.Equal(o.texts(), []string{"one", "three", "to Bo", "four"}) })
}

func TestWhatTheFirstSessionEverDidNotStoreIsReadToo(t *testing.T) {
	o := newBureau(t)
	o.sessions.SetAway(true)
	stop := o.listen()
	o.says("1440000000000000002", "one", "")
	o.until("a try", func() bool { return o.counted("bellhop_inbound_updates_total", "failed") > 0 })
	stop()
	o.api.Forget()
	o.sessions.SetAway(false)
	o.api.Answers("GET /guilds/"+guild+"/threads/active", `{"threads":[`+state(false)+`]}`)
	o.api.Answers("GET /channels/"+thread+"/messages", `[`+message("1440000000000000002", "one", "")+`]`)
	o.start(func(ctx context.Context) error { return o.bot.Run(ctx, "another") })
	o.until("one", func() bool { return slices.Equal(o.texts(), []string{"one"}) })
}

func TestTheBeginningIsNotedBeforeAnythingIsHandled(t *testing.T) {
	o := newBureau(t)
	s := o.bot.newShift(o.bot.note(), mark{})
	if err := s.begins(t.Context()); err != nil {
		t.Fatal(err)
	}
	if at, err := o.bot.note().load(t.Context()); err != nil || at.Seen != api.IDAt(api.IDTime(thread)) {
		t.Fatalf("%+v, %v", at, err)
	}
	o.server.Shutdown()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := o.bot.newShift(o.bot.note(), mark{}).begins(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

func TestACrashWhileMissedMessagesAreReadReadsThemAgain(t *testing.T) {
	o := newBureau(t)
	stop := o.listen()
	o.says("1440000000000000002", "one", "")
	o.until("one", func() bool { return len(o.texts()) == 1 })
	stop()
	o.api.Forget()
	o.api.Answers("GET /guilds/"+guild+"/threads/active", `{"threads":[`+state(false)+`]}`)
	o.api.Answers("GET /channels/"+thread+"/messages", `oops`) // it is asked again and again
	again := o.start(func(ctx context.Context) error { return o.bot.Run(ctx, "another") })
	o.api.Await(t, "the reading", func() bool { return len(o.api.Calls("GET /channels/"+thread+"/messages")) > 0 })
	again()
	o.api.Answers("GET /channels/"+thread+"/messages", `[`+message("1440000000000000003", "two", "")+`]`)
	o.start(func(ctx context.Context) error { return o.bot.Run(ctx, "a third") })
	o.until("two", func() bool { return slices.Equal(o.texts(), []string{"one", "two"}) })
}

func TestWhatCannotBeReadIsToldOf(t *testing.T) {
	for name, call := range map[string]string{
		"channel": "GET /channels/" + channel, "active": "GET /guilds/" + guild + "/threads/active", "archived": "GET /channels/" + channel + "/threads/archived/public",
	} {
		t.Run(name, func(t *testing.T) {
			o := newBureau(t)
			s := o.bot.newShift(o.bot.note(), mark{Seen: "1440000000000000002"})
			o.api.Refuses(call, 403, `{"code":50001,"message":"Missing Access"}`)
			if err := s.begins(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(o.told) != 1 || !strings.Contains(o.told[0], "cannot be read") {
				t.Errorf("told %q", o.told)
			}
		})
	}
}

func TestOneReplicaListensAndAnotherTakesOver(t *testing.T) {
	o := newBureau(t)
	stop := o.listen()
	o.start(func(ctx context.Context) error { return o.newBot("default", o.bot.desk).Run(ctx, "standby") })
	o.says("1440000000000000002", "one", "")
	o.until("one", func() bool { return len(o.texts()) == 1 })
	if o.api.Begun() != 1 || len(o.api.Resumed()) != 0 {
		t.Fatal("both listen")
	}
	stop()
	o.says("1440000000000000003", "two", "")
	o.until("two", func() bool { return slices.Equal(o.texts(), []string{"one", "two"}) })
}

func TestWhileNothingCanBeStoredNothingIsForgotten(t *testing.T) {
	o := newBureau(t)
	stop := o.listen()
	o.sessions.SetAway(true)
	o.says("1440000000000000002", "one", "")
	o.says("1440000000000000003", "two", "")
	o.until("a try", func() bool { return o.counted("bellhop_inbound_updates_total", "failed") > 0 })
	stop()
	o.sessions.SetAway(false)
	o.start(func(ctx context.Context) error { return o.bot.Run(ctx, "another") })
	o.until("both", func() bool { return slices.Equal(o.texts(), []string{"one", "two"}) })
}

func TestAThreadThatHangsDoesNotHoldBackOthers(t *testing.T) {
	o := newBureau(t)
	other := "1440000000000000100"
	o.sessions.Begin("default", channel, other, "ses_bo")
	o.api.Answers("GET /channels/"+other, strings.Replace(state(false), thread, other, 1))
	o.api.Refuses("GET /channels/"+thread, 429, `{"message":"m","retry_after":600}`)
	stop := o.listen()
	o.says("1440000000000000002", "stuck", "")
	o.api.Dispatch("MESSAGE_CREATE", strings.Replace(message("1440000000000000003", "through", ""), thread, other, 1))
	o.until("the other thread", func() bool { return slices.Equal(o.texts(), []string{"through"}) })
	stop()
	// The mark stands before what hung.
	o.start(func(ctx context.Context) error { return o.bot.Run(ctx, "another") })
	o.until("the first thread", func() bool { return slices.Contains(o.texts(), "stuck") })
	if got := o.texts(); len(got) != 2 {
		t.Errorf("%q", got)
	}
}

func TestAGatewayThatOnlyAPersonCanMendIsToldOf(t *testing.T) {
	o := newBureau(t)
	o.api.Forbid(4014)
	o.start(func(ctx context.Context) error { return o.bot.Run(ctx, "test") })
	o.until("advice", func() bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		return slices.ContainsFunc(o.told, func(s string) bool { return strings.Contains(s, "Message Content Intent") })
	})
	if o.api.Begun() != 1 {
		t.Errorf("begun %d times", o.api.Begun())
	}
}

func TestABotThatWasRemovedFromTheServerIsToldOf(t *testing.T) {
	o := newBureau(t)
	if err := o.bot.Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.listen()
	for _, ev := range []struct{ kind, data string }{
		{"GUILD_DELETE", `{"id":"1200000000000000009"}`}, {"GUILD_DELETE", `{"id":"` + guild + `","unavailable":true}`},
		{"GUILD_DELETE", `{"id":"` + guild + `"}`}, {"GUILD_CREATE", `{"id":"` + guild + `"}`},
	} {
		o.api.Dispatch(ev.kind, ev.data)
	}
	o.handled("1440000000000000020")
	o.mu.Lock()
	defer o.mu.Unlock()
	if want := []string{"", "the bot was removed from the server", ""}; !slices.Equal(o.told, want) {
		t.Errorf("told %q, want %q", o.told, want)
	}
}

func TestWithoutTheGatewayNobodyListens(t *testing.T) {
	o := newBureau(t)
	o.bot.cfg.EnableGateway = false
	if err := o.bot.Run(t.Context(), "test"); err != nil || len(o.api.Calls("GET /gateway")) != 0 {
		t.Fatalf("%v", err)
	}
}

func TestTheMarkMovesWhenAllBeforeIsHandled(t *testing.T) {
	l := &ledger{}
	at := func(seq int64) gateway.Session { return gateway.Session{ID: "s", Seq: seq} }
	first, second, third := l.begin(at(1), "1440000000000000003"), l.begin(at(2), ""), l.begin(at(3), "1440000000000000002")
	l.finish(second)
	if _, changed := l.due(); changed {
		t.Error("it moved before the first was handled")
	}
	l.finish(first)
	if got, changed := l.due(); !changed || got.Session.Seq != 2 || got.Seen != "1440000000000000003" {
		t.Errorf("%+v", got)
	}
	if _, changed := l.due(); changed {
		t.Error("it is due twice")
	}
	l.finish(third)
	if got, _ := l.due(); got.Session.Seq != 3 || got.Seen != "1440000000000000003" {
		t.Errorf("%+v", got)
	}
	l.owe()
	if _, changed := l.due(); !changed {
		t.Error("what could not be written is not due")
	}
}

func TestTheMarkIsWrittenOverWhateverStandsThere(t *testing.T) {
	o := newBureau(t)
	n, other := o.bot.note(), o.bot.note()
	if at, err := n.load(t.Context()); err != nil || at != (mark{}) {
		t.Fatalf("%+v, %v", at, err)
	}
	_, _ = other.load(t.Context())
	want := mark{Session: gateway.Session{ID: "s", ResumeURL: "u", Seq: 7}, Seen: "1440000000000000003"}
	for range 2 {
		if !n.save(t.Context(), want) {
			t.Fatal("not written")
		}
	}
	if other.save(t.Context(), mark{Seen: "1"}) {
		t.Error("written without having seen what stands there")
	}
	if !other.save(t.Context(), want) {
		t.Error("not written at the second try")
	}
	if at, err := o.bot.note().load(t.Context()); err != nil || at != want {
		t.Errorf("%+v, %v", at, err)
	}
	found, err := o.bus.Notebook().Get(t.Context(), n.key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.bus.Notebook().Update(t.Context(), n.key, []byte(`odd`), found.Revision); err != nil {
		t.Fatal(err)
	}
	if at, err := n.load(t.Context()); err != nil || at != (mark{}) {
		t.Errorf("what can't be read is %+v, %v", at, err)
	}
	o.server.Shutdown()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := n.load(ctx); !errors.Is(err, bus.ErrUnavailable) || n.save(ctx, want) {
		t.Errorf("without a bus: %v", err)
	}
}

func TestDiscordIsAskedUntilItAnswers(t *testing.T) {
	o := newBureau(t)
	call := "GET /channels/" + channel
	o.api.Refuses(call, 429, `{"message":"m","retry_after":0.01}`)
	o.api.Refuses(call, 502, `<html>`)
	got, err := patiently(t.Context(), o.bot, "it", func(ctx context.Context) (api.Channel, error) { return o.bot.client.GetChannel(ctx, channel) })
	if err != nil || got.ID != channel || len(o.api.Calls(call)) != 3 {
		t.Fatalf("%+v, %v after %d calls", got, err, len(o.api.Calls(call)))
	}
}
