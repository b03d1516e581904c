package slack

import (
	"errors"
	"slices"
	"testing"
	"time"

	"golang.org/x/time/rate"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

func kindOf(t *testing.T, err error) deliver.Kind {
	t.Helper()
	failed, ok := errors.AsType[*deliver.Failure](err)
	if !ok {
		t.Fatalf("%v is no failure", err)
	}
	return failed.Kind
}

func opened(t *testing.T, f *fake, s *Sender) deliver.Place {
	t.Helper()
	place, _, err := s.Open(t.Context(), channel, ana())
	if err != nil {
		t.Fatal(err)
	}
	f.made()
	return place
}

func TestPostWhoseAnswerWasLostStandsOnce(t *testing.T) {
	f, s := newFake(t)
	place := opened(t, f, s)
	f.tell("chat.postMessage", "lost")
	if _, err := s.Send(t.Context(), place, now("hi"), 0); kindOf(t, err) != deliver.Unknown {
		t.Fatal(err)
	}
	f.made()
	ids, err := s.Send(t.Context(), place, now("hi"), 0)
	if methods, _ := f.made(); err != nil || methods != "conversations.replies" || !slices.Equal(ids, []string{stamp(2)}) || len(f.texts()) != 2 {
		t.Fatalf("%v, %v after %s: %v", ids, err, methods, f.texts())
	}
	if _, err := s.Send(t.Context(), place, now("again"), 0); err != nil {
		t.Fatal(err)
	}
	if methods, _ := f.made(); methods != "chat.postMessage" {
		t.Fatalf("a doubt that is settled is looked into: %s", methods)
	}
}

func TestCardWhoseAnswerWasLostStandsOnce(t *testing.T) {
	f, s := newFake(t)
	f.tell("chat.postMessage", "lost")
	if _, _, err := s.Open(t.Context(), channel, ana()); kindOf(t, err) != deliver.Unknown {
		t.Fatal(err)
	}
	place, _, err := s.Open(t.Context(), channel, ana())
	if err != nil || place.Thread != stamp(1) || len(f.texts()) != 1 {
		t.Fatalf("%v, %v: %v", place, err, f.texts())
	}
}

func TestLineOfClosingWhoseAnswerWasLostStandsOnce(t *testing.T) {
	f, s := newFake(t)
	place := opened(t, f, s)
	f.tell("chat.postMessage", "lost")
	if err := s.SayClosed(t.Context(), place, "Olga"); kindOf(t, err) != deliver.Unknown {
		t.Fatal(err)
	}
	if err := s.SayClosed(t.Context(), place, "Olga"); err != nil || len(f.texts()) != 2 {
		t.Fatalf("%v: %v", err, f.texts())
	}
	if err := s.SayClosed(t.Context(), place, "Olga"); err != nil || len(f.texts()) != 3 {
		t.Fatalf("closed again: %v: %v", err, f.texts())
	}
}

func TestWhatHasGatheredSinceIsShownWhereTheLostPostStands(t *testing.T) {
	f, s := newFake(t)
	place := opened(t, f, s)
	f.tell("chat.postMessage", "lost")
	if _, err := s.Send(t.Context(), place, now("one"), 0); kindOf(t, err) != deliver.Unknown {
		t.Fatal(err)
	}
	joined := now("one")
	joined.Messages = append(joined.Messages, now("two").Messages...)
	ids, err := s.Send(t.Context(), place, joined, 0)
	if texts := f.texts(); err != nil || !slices.Equal(ids, []string{stamp(2)}) || len(texts) != 2 || texts[1] != "+0s two" {
		t.Fatalf("%v, %v: %v", ids, err, texts)
	}
}

func TestPostThatWasNeverDoneIsMade(t *testing.T) {
	f, s := newFake(t)
	place := opened(t, f, s)
	f.tell("chat.postMessage", `<html>`, `{"ok":false,"error":"internal_error"}`)
	for range 2 {
		if _, err := s.Send(t.Context(), place, now("hi"), 0); kindOf(t, err) != deliver.Unknown {
			t.Fatal(err)
		}
	}
	f.made()
	_, err := s.Send(t.Context(), place, now("hi"), 0)
	if methods, _ := f.made(); err != nil || methods != "conversations.replies chat.postMessage" || len(f.texts()) != 2 {
		t.Fatalf("%v after %s: %v", err, methods, f.texts())
	}
}

func TestNothingIsPostedWhileADoubtCannotBeSettled(t *testing.T) {
	f, s := newFake(t)
	place := opened(t, f, s)
	f.tell("chat.postMessage", "lost")
	if _, err := s.Send(t.Context(), place, now("hi"), 0); kindOf(t, err) != deliver.Unknown {
		t.Fatal(err)
	}
	f.tell("conversations.replies", `{"ok":false,"error":"internal_error"}`, `{"ok":false,"error":"ratelimited"}`)
	f.made()
	if _, err := s.Send(t.Context(), place, now("hi"), 0); kindOf(t, err) != deliver.Unknown {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), place, now("hi"), 0); kindOf(t, err) != deliver.RateLimited {
		t.Fatal(err)
	}
	if methods, _ := f.made(); methods != "conversations.replies conversations.replies" {
		t.Fatal(methods)
	}
}

func old(text string, age time.Duration) deliver.Post {
	post := now(text)
	post.Messages[0].Message.Timestamp = timestamppb.New(time.Now().Add(-age))
	return post
}

// Another process may have posted it and been killed before it could say so.
func TestOldMessageIsLookedForByWhoWasNotThere(t *testing.T) {
	f, killed := newFake(t)
	place := opened(t, f, killed)
	message := old("hi", 5*time.Second)
	killed.doubts.precaution.SetLimit(0)
	killed.doubts.precaution.SetBurst(0)
	if _, err := killed.Send(t.Context(), place, message, 0); err != nil {
		t.Fatal(err)
	}
	_, heir := newFake(t)
	heir.api = killed.api
	f.made()
	ids, err := heir.Send(t.Context(), place, message, 0)
	if methods, _ := f.made(); err != nil || methods != "conversations.replies" || !slices.Equal(ids, []string{stamp(2)}) {
		t.Fatalf("%v, %v after %s", ids, err, methods)
	}
	// What is newer than that can only be its own.
	if _, err := heir.Send(t.Context(), place, now("new"), 0); err != nil {
		t.Fatal(err)
	}
	if methods, _ := f.made(); methods != "chat.postMessage" {
		t.Fatal(methods)
	}
}

func TestPrecautionIsNoReasonToFail(t *testing.T) {
	f, s := newFake(t)
	f.tell("conversations.replies", `{"ok":false,"error":"missing_scope"}`, `{"ok":false,"error":"missing_scope"}`, `{"ok":false,"error":"thread_not_found"}`)
	place := deliver.Place{Chat: channel, Thread: stamp(1)}
	if _, err := s.Send(t.Context(), place, old("hi", time.Hour), 0); err != nil {
		t.Fatal(err)
	}
	place.Thread = stamp(9)
	if _, err := s.Send(t.Context(), place, old("hi", time.Hour), 0); kindOf(t, err) != deliver.ThreadGone {
		t.Fatal(err)
	}
	if methods, _ := f.made(); methods != "conversations.replies chat.postMessage conversations.replies conversations.replies" {
		t.Fatal(methods)
	}
}

func TestPrecautionHasAnEnd(t *testing.T) {
	d := newDoubts()
	looked := 0
	for i := range 100 {
		if how, _ := d.about("p", string(rune('a'+i)), time.Now().Add(-time.Hour)); how == possible {
			looked++
		}
	}
	if looked != 5 {
		t.Fatalf("looked %d times", looked)
	}
}

func TestSearchBeginsAfterWhatStoodBefore(t *testing.T) {
	d := newDoubts()
	written := time.Unix(1795000600, 123456789)
	d.arise("post", written)
	if how, after := d.about("post", "thread", written.Add(time.Hour)); how != certain || after != "1795000300.123456" {
		t.Fatalf("%v after %s", how, after)
	}
	d.settle("other", "thread", "1795000500.000100")
	if _, after := d.about("post", "thread", written); after != "1795000500.000100" {
		t.Fatalf("after %s", after)
	}
	d.settle("post", "thread", "1795000700.000100")
	if how, _ := d.about("post", "thread", written); how != none {
		t.Fatalf("%v after it was settled", how)
	}
}

func TestWhatIsRememberedHasAnEnd(t *testing.T) {
	d := newDoubts()
	for i := range remembered + 10 {
		d.arise(string(rune(i+0x10000)), time.Now())
		d.settle("x", string(rune(i+0x10000)), "1")
	}
	if len(d.unknown) > remembered || len(d.touched) > remembered {
		t.Fatalf("%d and %d are remembered", len(d.unknown), len(d.touched))
	}
}

func TestPostToAVanishedThreadIsTakenBack(t *testing.T) {
	f, s := newFake(t)
	gone := `{"ok":false,"error":"thread_not_found"}`
	stranger := deliver.Place{Chat: channel, Thread: "1.2"}
	f.tell("conversations.replies", gone)
	if _, err := s.Send(t.Context(), stranger, now("hi"), 0); kindOf(t, err) != deliver.ThreadGone {
		t.Fatal(err)
	}
	if methods, _ := f.made(); methods != "chat.postMessage conversations.replies chat.delete" || len(f.texts()) != 0 {
		t.Fatalf("%s: %v", methods, f.texts())
	}
	// A thread that this process has opened, or seen, is not looked at again until somebody deletes its first message.
	place := opened(t, f, s)
	for range 2 {
		if _, err := s.Send(t.Context(), place, now("hi"), 0); err != nil {
			t.Fatal(err)
		}
	}
	if methods, _ := f.made(); methods != "chat.postMessage chat.postMessage" {
		t.Fatal(methods)
	}
	s.doubts.checks.SetLimit(rate.Inf)
	f.tell("conversations.replies", gone)
	if _, err := s.Send(t.Context(), place, now("hi"), 0); kindOf(t, err) != deliver.ThreadGone {
		t.Fatal(err) // it has vanished meanwhile
	}
	s.doubts.checks.SetLimit(0)
	b := bustest.Connect(t, bus.Config{InProcess: bustest.Server(t)})
	stop, err := s.Hear(b)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	signal := webapi.Place{Channel: place.Chat, Thread: place.Thread}
	if err := errors.Join(b.Signal("default", "ses_1", webapi.SignalThread, []byte("odd")), b.Signal("default", "ses_1", webapi.SignalThread, signal.Encode())); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for s.doubts.isRooted(threadKey(signal)) {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("it is not heard")
		}
	}
	f.tell("conversations.replies", `{"ok":false,"error":"internal_error"}`, gone)
	if _, err := s.Send(t.Context(), place, now("hi"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), place, now("hi"), 0); kindOf(t, err) != deliver.ThreadGone {
		t.Fatal(err)
	}
}
