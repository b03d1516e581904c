package erase

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

func TestErasedSessionIsNowhereOnTheDisk(t *testing.T) {
	w, s := newWorld(t), id.NewSession()
	w.says(s, time.Now(), "m1")
	w.isToldOf(s)
	_, err := w.files.Save(t.Context(), file.Upload{Project: id.Default, Session: s, Filename: canary + ".txt", MIME: "text/plain", Reader: strings.NewReader(canary)})
	w.must(err)
	if len(bustest.Holding(t, w.dir, canary)) == 0 {
		t.Fatal("the canary is nowhere, so nothing would be shown")
	}
	w.erased(s)
	w.must(w.eraser().round(t.Context()))
	if left := bustest.Holding(t, w.dir, canary); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
	e := w.record(s).GetErasure()
	if e.GetEndedAt() == nil || e.GetParts()[dataPart].GetState() != done || e.GetParts()[dataPart].GetRemoved() != 1 || e.GetVisitorId() != "" {
		t.Errorf("the record says %v", e)
	}
	if got, want := w.types(s), []bus.Type{bus.SessionErased, bus.ErasurePlanned, bus.ErasureReported}; !slices.Equal(got, want) {
		t.Errorf("the stream holds %v", got)
	}
}

// TestErasureGoesOnFromWhereverItWasCutOff has every round done by another process, and the store made anew from the stream in between.
func TestErasureGoesOnFromWhereverItWasCutOff(t *testing.T) {
	w, s := newWorld(t), id.NewSession()
	key := store.Key{Project: id.Default, Session: s}
	w.says(s, time.Now(), "m1")
	w.shown(s, "m1")
	w.erased(s)
	rebuilt := func(step string) {
		t.Helper()
		w.must(w.projector.Empty(t.Context()))
		for n := range id.Part(id.Parts) {
			_, err := w.projector.CatchUp(t.Context(), n)
			w.must(err)
		}
		record := w.record(s)
		remains := record.GetErasure().GetParts()["telegram"].GetRemains()
		if record.GetErasure() == nil || len(remains) != 1 || remains[0].GetThread() != "7" || !slices.Equal(remains[0].GetIds(), []string{"70"}) {
			t.Fatalf("after %s the rebuilt record says %v", step, record)
		}
		if messages, _, err := w.store.Messages(t.Context(), key, store.Query{Limit: 9}); err != nil || len(messages) > 0 {
			t.Fatalf("after %s the rebuilt store has %d messages, %v", step, len(messages), err)
		}
	}
	rebuilt("the erasure")
	_, err := w.eraser().look(t.Context(), key)
	w.must(err)
	rebuilt("the plan")
	w.must(w.eraser().round(t.Context()))
	rebuilt("the sweep")
	if slices.Contains(w.types(s), bus.MessageCreated) {
		t.Fatal("the message is still in the stream")
	}
	w.removed(s)
	w.must(w.eraser().round(t.Context()))
	if e := w.record(s).GetErasure(); e.GetEndedAt() == nil {
		t.Errorf("it has not ended: %v", e)
	}
	if left := bustest.Holding(t, w.dir, canary); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
}

func TestWhatComesLateIsSweptAsWell(t *testing.T) {
	w, s := newWorld(t), id.NewSession()
	w.says(s, time.Now(), "m1")
	w.shown(s, "m1")
	w.erased(s)
	w.must(w.eraser().round(t.Context()))
	w.removed(s)
	if w.record(s).GetErasure().GetEndedAt() == nil {
		t.Fatal("it has not ended")
	}
	w.happens(s, bus.MessageCreated, time.Now(), &eventv1.MessageCreated{
		SessionId: string(s), Platform: "telegram", Origin: &bellhopv1.PlatformMessage{Platform: "telegram", Chat: "-1", Thread: "7", Ids: []string{"71"}},
		Message: &bellhopv1.Message{Id: "late", Content: canary, Sender: "operator"},
	})
	e := w.record(s).GetErasure()
	if e.GetEndedAt() != nil || e.GetParts()["telegram"].GetState() != pending || e.GetParts()["telegram"].GetRemains()[0].GetIds()[0] != "71" {
		t.Fatalf("after the late message the record says %v", e)
	}
	w.removed(s)
	w.must(w.eraser().round(t.Context()))
	if left := bustest.Holding(t, w.dir, canary); len(left) > 0 || w.record(s).GetErasure().GetEndedAt() == nil {
		t.Errorf("left are %v, the record says %v", left, w.record(s))
	}
}

func TestPlatformThatNeverAnswersIsReported(t *testing.T) {
	w, s := newWorld(t), id.NewSession()
	w.says(s, time.Now(), "m1")
	w.shown(s, "m1")
	at := time.Now().Add(-patience - time.Minute)
	w.happens(s, bus.SessionErased, at, &eventv1.Session{Session: &bellhopv1.Session{Id: string(s)}})
	for range 2 {
		w.must(w.eraser().round(t.Context()))
	}
	part := w.record(s).GetErasure().GetParts()["telegram"]
	if part.GetState() != refused || part.GetLeft() != 1 || part.GetWhy() == "" || w.record(s).GetErasure().GetEndedAt() == nil {
		t.Errorf("the record says %v", w.record(s))
	}
}

func TestConversationsAreErasedWhenTheirTimeIsOver(t *testing.T) {
	w := newWorld(t)
	old, fresh, silent, quiet := id.NewSession(), id.NewSession(), id.NewSession(), id.NewSession()
	ago := func(d time.Duration) time.Time { return time.Now().Add(-d) }
	start := func(s id.Session, at time.Time) {
		w.happens(s, bus.SessionStarted, at, &eventv1.Session{Session: &bellhopv1.Session{Id: string(s), VisitorId: "v"}})
	}
	w.says(old, ago(100*24*time.Hour), "m1")
	w.says(fresh, ago(48*time.Hour), "m2")
	start(silent, ago(48*time.Hour))
	start(quiet, ago(time.Hour))
	w.must(w.eraser(Retention{Conversations: 90 * 24 * time.Hour, Silent: 24 * time.Hour}).age(t.Context()))
	for s, want := range map[id.Session]string{old: reasonRetention, silent: reasonSilence, fresh: "", quiet: ""} {
		if got := w.record(s).GetErasure().GetReason(); got != want {
			t.Errorf("erased because of %q, want %q", got, want)
		}
	}
	w.must(w.eraser(Retention{}).age(t.Context()))
	if w.record(fresh).GetErasure() != nil {
		t.Error("without a limit something was erased")
	}
}

func TestConversationThatGoesOnAtTheLastMomentIsNotErased(t *testing.T) {
	w, s := newWorld(t), id.NewSession()
	w.says(s, time.Now().Add(-time.Hour), "m1")
	newest, err := w.bus.LastSeq(t.Context(), id.Default, s)
	w.must(err)
	w.says(s, time.Now(), "m2")
	_, err = w.bus.PublishAfter(t.Context(), bus.Event{
		ID: "x", Type: bus.SessionErased, Project: id.Default, Session: s, Source: source, Time: time.Now(), Data: &eventv1.Session{},
	}, newest)
	if err == nil || !strings.Contains(err.Error(), bus.ErrMoved.Error()) {
		t.Fatalf("published: %v", err)
	}
	w.must(w.eraser().end(t.Context(), store.Key{Project: id.Default, Session: s}, time.Now().Add(-time.Minute), false))
	if w.record(s).GetErasure() != nil {
		t.Error("it was erased")
	}
}

func TestErasureThatHasEndedIsRememberedForAWhile(t *testing.T) {
	w, s := newWorld(t), id.NewSession()
	w.says(s, time.Now(), "m1")
	w.erased(s)
	w.must(w.eraser().round(t.Context()))
	w.must(w.eraser().age(t.Context()))
	if keys, err := w.store.ErasedBy(t.Context(), id.Default, "era_1"); err != nil || len(keys) != 1 {
		t.Errorf("a new one: %v, %v", keys, err)
	}
	keys, err := w.store.Erased(t.Context(), time.Now().Add(time.Minute), 9)
	if err != nil || len(keys) != 1 {
		t.Fatalf("ended are %v, %v", keys, err)
	}
}
