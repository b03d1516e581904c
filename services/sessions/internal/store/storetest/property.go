package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// The world of the property is small, so that changes meet.
var (
	somePart    = rapid.SampledFrom([]id.Part{0, 9, 15})
	someProject = rapid.SampledFrom([]id.Project{project, "shop"})
	someSession = rapid.SampledFrom([]id.Session{"ses_a", "b*{:}", "ü ."})
	someMessage = rapid.SampledFrom([]string{"m1", "m2", "m 3", "m*4", "{m}5", "m:6"})
	somePlace   = rapid.SampledFrom([]string{"1", "2", "3:*"})
	somePlat    = rapid.SampledFrom([]string{telegram, "slack"})
	someKey     = rapid.Custom(func(t *rapid.T) store.Key {
		return store.Key{Project: someProject.Draw(t, "project"), Session: someSession.Draw(t, "session")}
	})
	someStatus = rapid.SampledFrom([]string{active, closed})
)

// randomChangesAnswerAsTheModelDoes commits random changes, some of which can't fit, and asks random questions in between.
func randomChangesAnswerAsTheModelDoes(t *testing.T, s store.Store) {
	rapid.Check(t, func(t *rapid.T) {
		if err := s.Reset(t.Context()); err != nil {
			t.Fatalf("reset: %v", err)
		}
		w := &world{T: t, store: s, model: newModel()}
		for range rapid.IntRange(1, 10).Draw(t, "changes") {
			change := w.change()
			got, want := s.Commit(t.Context(), change), w.model.commit(change)
			if got == nil != (want == nil) || got != nil && !errors.Is(got, store.ErrConflict) {
				t.Fatalf("commit said %v, the model says %v", got, want)
			}
			w.ask()
		}
		w.compare()
	})
}

type world struct {
	*rapid.T
	store store.Store
	model *model
	seq   uint64
}

func (w *world) next() uint64 {
	w.seq++
	return w.seq
}

// change is mostly one that fits; a floor or a seq of it is wrong now and then.
func (w *world) change() store.Change {
	change := store.Change{Part: somePart.Draw(w.T, "part")}
	change.From = w.model.floors[change.Part] + w.wrong("floor")
	for range rapid.IntRange(0, 1).Draw(w.T, "operators") {
		change.Operators = append(change.Operators, store.OperatorChange{Project: someProject.Draw(w.T, "project"), Operator: &sessionsv1.Operator{
			Id: somePlace.Draw(w.T, "operator"), Online: rapid.Bool().Draw(w.T, "online"), Seq: w.next() - min(w.seq, rapid.Uint64Range(0, 9).Draw(w.T, "late")),
		}})
	}
	for _, k := range rapid.SliceOfNDistinct(someKey, 0, 3, rapid.ID).Draw(w.T, "sessions") {
		change.Sessions = append(change.Sessions, w.session(k))
	}
	change.Through = max(change.From, w.seq)
	return change
}

func (w *world) wrong(what string) uint64 {
	if rapid.IntRange(0, 11).Draw(w.T, "wrong "+what) == 0 {
		return 1
	}
	return 0
}

func (w *world) session(k store.Key) store.SessionChange {
	have := w.model.sessions[k]
	c := store.SessionChange{Key: k, Before: have.GetSeq() + w.wrong("seq")}
	for _, name := range rapid.SliceOfNDistinct(someMessage, 0, 4, rapid.ID).Draw(w.T, "messages") {
		c.Messages = append(c.Messages, w.message(k, name))
	}
	c.Record = sessionAt(k, w.next())
	was := max(0, have.GetSession().GetLastActivity().AsTime().UnixMilli()-dawn.UnixMilli())
	c.Record.Session.LastActivity = at(uint64(was) + rapid.Uint64Range(0, 1).Draw(w.T, "activity"))
	c.Record.Session.Status = someStatus.Draw(w.T, "status")
	if rapid.Bool().Draw(w.T, "thread") {
		threaded(c.Record, somePlat.Draw(w.T, "platform"), somePlace.Draw(w.T, "chat"), somePlace.Draw(w.T, "thread name"))
	}
	return c
}

// message is a new one, or one that there is with a tick or new content.
func (w *world) message(k store.Key, name string) *sessionsv1.MessageRecord {
	m := line(name, w.next())
	if have := w.model.messages[k][name]; have != nil {
		m.CreatedSeq, m.ContentSeq = have.CreatedSeq, have.ContentSeq
		if rapid.Bool().Draw(w.T, "edited") {
			m.ContentSeq = m.ChangedSeq
		}
	}
	m.ChangedAt = at(rapid.Uint64Range(0, 9).Draw(w.T, "changed at"))
	if rapid.Bool().Draw(w.T, "copy") {
		names := rapid.SliceOfNDistinct(somePlace, 0, 2, rapid.ID).Draw(w.T, "copy names")
		joined := rapid.SliceOfN(someMessage, 0, 2).Draw(w.T, "joined")
		shown(m, somePlat.Draw(w.T, "platform"), somePlace.Draw(w.T, "chat"), names, joined)
	}
	return m
}

// ask puts one query of each kind about one session.
func (w *world) ask() {
	k := someKey.Draw(w.T, "key")
	seq := rapid.Uint64Range(0, w.seq+1).Draw(w.T, "seq")
	for kind, q := range []store.Query{
		{},
		{AfterID: someMessage.Draw(w.T, "after")},
		{ChangedSince: dawn.Add(time.Duration(rapid.IntRange(0, 10).Draw(w.T, "since")) * time.Millisecond)},
		{ChangedAfter: &seq}, {ContentAfter: &seq},
		{IDs: rapid.SliceOfN(someMessage, 1, 4).Draw(w.T, "ids")},
	} {
		q.Limit = rapid.IntRange(1, 6).Draw(w.T, "limit")
		got, gotMore, err := w.store.Messages(w.Context(), k, q)
		if err != nil {
			w.Fatalf("query %d: %v", kind, err)
		}
		want, wantMore := w.model.find(k, q)
		same(w.T, fmt.Sprintf("query %d", kind), got, want)
		same(w.T, fmt.Sprintf("query %d: more", kind), gotMore, wantMore)
	}
	status := rapid.SampledFrom([]string{"", active, closed}).Draw(w.T, "list")
	same(w.T, "list", walk(w.T, w.store, k.Project, status, rapid.IntRange(1, 4).Draw(w.T, "page")), w.model.list(k.Project, status))
}

// compare asks about everything.
func (w *world) compare() {
	scope := Scope{}
	for k := range w.model.sessions {
		scope.Keys = append(scope.Keys, k)
	}
	for p := range w.model.threads {
		scope.Threads = append(scope.Threads, p)
	}
	targets := map[store.Place]Target{}
	for p, c := range w.model.copies {
		scope.Copies = append(scope.Copies, p)
		targets[p] = c.Target
	}
	snap := Look(w.T, w.store, scope)
	same(w.T, "sessions", snap.Sessions, w.model.sessions)
	same(w.T, "threads", snap.Threads, w.model.threads)
	same(w.T, "copies", snap.Copies, targets)
	for p, floor := range snap.Floors {
		same(w.T, "floor", floor, w.model.floors[p])
	}
	for project, operators := range snap.Operators {
		same(w.T, "operators", operators, w.model.presence(project))
	}
	for k, messages := range w.model.messages {
		all, _ := w.model.find(k, store.Query{Limit: store.MaxLimit})
		same(w.T, "messages", snap.Messages[k], all)
		var names []string
		for name := range messages {
			names = append(names, name)
		}
		view := mustLoad(w.T, w.store, store.Want{Messages: map[store.Key][]string{k: names}})
		same(w.T, "loaded messages", view.Messages[k], messages)
	}
}
