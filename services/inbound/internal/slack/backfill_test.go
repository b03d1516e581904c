package slack

import (
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

const noteKey = "inbound/slack/" + channel

// awaitNote waits until it is noted that somebody is listening.
func awaitNote(t *testing.T, o *bureau) bus.Note {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for {
		note, err := o.bus.Notebook().Get(t.Context(), noteKey)
		if err == nil {
			return note
		}
		if !errors.Is(err, bus.ErrNoNote) && !errors.Is(err, bus.ErrUnavailable) {
			t.Fatal(err)
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("nobody notes that he is listening")
		}
	}
}

func (o *bureau) noted(at time.Time) {
	o.t.Helper()
	if _, err := o.bus.Notebook().Create(o.t.Context(), noteKey, []byte(strconv.FormatInt(at.UnixMilli(), 10))); err != nil {
		o.t.Fatal(err)
	}
}

// at is a time as Slack writes it.
func at(when time.Time, n int) string { return fmt.Sprintf("%d.%06d", when.Unix(), n) }

func TestWhatWasWrittenWhileNobodyListenedIsRead(t *testing.T) {
	o := newBureau(t)
	o.bot.readPause = time.Millisecond
	gone := time.Now().Add(-time.Hour)
	known := at(gone.Add(-time.Minute), 1)
	o.accepts(message("Ev1", known, "before"))
	in := func(ts, text, more string) string {
		return fmt.Sprintf(`{"type":"message","user":"U0OLGA","ts":%q,"thread_ts":%q,"text":%q%s}`, ts, thread, text, more)
	}
	o.slack.tell("conversations.replies", `{"ok":true,"messages":[`+
		`{"type":"message","user":"U0BOT","bot_id":"B01","ts":"`+thread+`","thread_ts":"`+thread+`","text":"the card"},`+
		in(known, "before, corrected", `,"edited":{"user":"U0OLGA","ts":"`+at(gone.Add(time.Minute), 2)+`"}`)+`,`+
		in(at(gone, 3), "missed", "")+`,`+
		in(at(gone, 4), "//a note", "")+`,`+
		in(at(gone, 5), "!close", "")+`,`+
		`{"type":"message","user":"U0BOT","bot_id":"B01","ts":"`+at(gone, 6)+`","thread_ts":"`+thread+`","text":"of a visitor","metadata":{"event_type":"bellhop_message","event_payload":{"id":"m3"}}},`+
		in(at(gone, 7), "joined", `,"subtype":"channel_join"`)+`]}`)
	o.noted(gone)
	if err := o.bot.catchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.expect("message.created slack:Ev1", "message.read slack:Ev1:read",
		"message.edited slack:"+channel+":"+known+":"+at(gone.Add(time.Minute), 2),
		"message.created slack:"+channel+":"+at(gone, 3), "message.read slack:"+channel+":"+at(gone, 3)+":read")
	if asked := o.slack.made("conversations.replies")[0].form; asked.Get("ts") != thread || asked.Get("oldest") != fmt.Sprintf("%d.000000", gone.Add(-overlap).Unix()) {
		t.Errorf("%v", asked)
	}
	// Slack's own repetition, and the next look, find it done.
	o.accepts(message("Ev2", at(gone, 3), "missed"))
	if err := o.bot.catchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(o.slack.made("conversations.replies")); n != 1 {
		t.Errorf("threads were read %d times", n)
	}
}

func TestShortAbsenceIsSlacksToRepair(t *testing.T) {
	o := newBureau(t)
	o.noted(time.Now().Add(-absence + time.Minute))
	if err := o.bot.catchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(o.slack.made("conversations.replies")); n != 0 {
		t.Fatalf("%d threads were read", n)
	}
	if note := awaitNote(t, o); note.Revision < 2 {
		t.Fatal("the note is not renewed")
	}
}

func TestAbsenceIsNotForgottenBeforeEverythingWasRead(t *testing.T) {
	o := newBureau(t)
	o.noted(time.Now().Add(-time.Hour))
	before := awaitNote(t, o)
	o.slack.tell("conversations.replies", `{"ok":false,"error":"internal_error"}`)
	if err := o.bot.catchUp(t.Context()); err == nil {
		t.Fatal("no error")
	}
	if after := awaitNote(t, o); after.Revision != before.Revision {
		t.Fatal("the note is renewed")
	}
	o.sessions.SetAway(true)
	if err := o.bot.catchUp(t.Context()); err == nil {
		t.Fatal("no error")
	}
	o.sessions.SetAway(false)
	o.slack.tell("conversations.replies", `{"ok":false,"error":"thread_not_found"}`)
	if err := o.bot.catchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestNobodyIsListeningWithoutASocketOrASignature(t *testing.T) {
	o := newBureau(t)
	if !o.bot.listening() {
		t.Error("a webhook is none")
	}
	o.bot.cfg.SigningSecret = ""
	if o.bot.listening() {
		t.Error("a closed webhook is one")
	}
	o.bot.sockets.Add(1)
	if !o.bot.listening() {
		t.Error("a socket is none")
	}
}

func TestUnreadableNoteBeginsAnew(t *testing.T) {
	o := newBureau(t)
	if _, err := o.bus.Notebook().Create(t.Context(), noteKey, []byte("yesterday")); err != nil {
		t.Fatal(err)
	}
	if err := o.bot.catchUp(t.Context()); err != nil || len(o.slack.made("conversations.replies")) != 0 {
		t.Fatal(err)
	}
	note := awaitNote(t, o)
	if millis, err := strconv.ParseInt(string(note.Value), 10, 64); err != nil || time.Since(time.UnixMilli(millis)) > time.Minute {
		t.Fatalf("%s, %v", note.Value, err)
	}
}
