package slack

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

func TestTypingIsShownAndWhatSlackSaysAgainstItCostsNothing(t *testing.T) {
	f, s := newFake(t)
	place := deliver.Place{Chat: channel, Thread: "1.2"}
	if err := s.Typing(t.Context(), place); err != nil {
		t.Fatal(err)
	}
	if methods, last := f.made(); methods != "assistant.threads.setStatus" || last.form.Get("status") != "is typing…" || last.form.Get("thread_ts") != "1.2" {
		t.Fatalf("%s %v", methods, last.form)
	}
	f.tell("assistant.threads.setStatus", `{"ok":false,"error":"ratelimited"}`)
	for range 2 {
		if err := s.Typing(t.Context(), place); err != nil {
			t.Fatal(err)
		}
	}
	if methods, _ := f.made(); methods != "assistant.threads.setStatus" {
		t.Fatalf("it insists: %s", methods)
	}
	s.status.hush(0)
	f.tell("assistant.threads.setStatus", `{"ok":false,"error":"missing_scope"}`)
	if err := s.Typing(t.Context(), place); err == nil {
		t.Fatal("no error")
	}
	if err := s.Typing(t.Context(), place); err != nil {
		t.Fatal(err)
	}
	if methods, _ := f.made(); methods != "assistant.threads.setStatus" {
		t.Fatalf("it insists: %s", methods)
	}
}

func TestTypingEndsByItselfUnlessAMessageEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan deliver.Place, 10)
		st := newStatuses(nil)
		st.clear = func(at deliver.Place) { ended <- at }
		one, two := deliver.Place{Chat: channel, Thread: "1.2"}, deliver.Place{Chat: channel, Thread: "3.4"}
		st.shown(one)
		st.shown(two)
		time.Sleep(typingLasts / 2)
		st.shown(one) // goes on
		st.ended(two) // said it
		time.Sleep(typingLasts/2 + time.Second)
		if len(ended) != 0 {
			t.Fatal("ended too early")
		}
		time.Sleep(typingLasts / 2)
		if len(ended) != 1 || <-ended != one {
			t.Fatal("not ended")
		}
		st.shown(one)
		st.stop()
		st.shown(two)
		time.Sleep(2 * typingLasts)
		if len(ended) != 0 || !st.silent() {
			t.Fatal("it goes on after its end")
		}
	})
}
