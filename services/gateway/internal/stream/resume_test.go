package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/absence"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/feed"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// follows connects the place to its bus.
func (p *place) follows() {
	p.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan struct{})
	f := &feed.Feed{
		Bus: p.Intake.Bus, Hub: p.Hub, Directory: p.Intake.Directory, Presence: p.Presence, Render: p.Render, Place: p.Place,
		Absence: map[id.Project]*absence.Watch{p.Intake.Project: p.Absence}, Log: p.Server.Log,
	}
	go func() {
		defer close(ended)
		_ = f.Run(ctx, func() { close(ready) })
	}()
	p.Cleanup(func() { cancel(); <-ended })
	<-ready
}

// resuming is a client that remembers its position.
type resuming struct {
	*place
	key      session.Key
	ws       *websocket.Conn
	position string
	names    []string // what it was told, in order
}

// told is a frame as such a client reads it.
type told struct {
	Type string `json:"type"`
	Data struct {
		Name      string `json:"name"`
		Content   string `json:"content"`
		DeletedAt string `json:"deletedAt"`
		Reason    string `json:"reason"`
		Missed    int    `json:"missed"`
	} `json:"data"`
	Position string `json:"position"`
}

// connect opens a socket with the position, and reads until it is live or must read anew.
func (r *resuming) connect() told {
	r.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(r.Context(), r.url+"?sessionId="+string(r.key.Session)+"&position="+r.position, nil)
	if err != nil {
		r.Fatal(err)
	}
	_ = res.Body.Close()
	r.Cleanup(func() { _ = ws.Close() })
	r.ws = ws
	for {
		if f := r.read(); f.Type == "connected" || f.Type == "reset" {
			return f
		}
	}
}

func (r *resuming) read() (f told) {
	r.Helper()
	_ = r.ws.SetReadDeadline(time.Now().Add(patience))
	_, raw, err := r.ws.ReadMessage()
	if err != nil {
		r.Fatalf("after %q: %v", r.names, err)
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		r.Fatalf("%s: %v", raw, err)
	}
	if f.Position != "" {
		r.position = f.Position
	}
	switch f.Type {
	case "message":
		r.names = append(r.names, f.Data.Content)
	case "event":
		r.names = append(r.names, f.Data.Name)
	}
	return f
}

func (r *resuming) leave() {
	_ = r.ws.Close()
	r.gone(r.key)
}

// emits stores custom events to the session's page; to everybody's when the key is the zero key.
func (p *place) emits(key session.Key, names ...string) {
	p.Helper()
	for _, name := range names {
		ev := fact.Broadcast("default", name, nil, fact.Now())
		if key.Session != "" {
			entry, refusal := p.Intake.Find(p.Context(), string(key.Session))
			if refusal != nil {
				p.Fatal(refusal)
			}
			ev = fact.Emitted(entry, name, nil, fact.Now())
		}
		if _, err := p.Intake.Bus.Publish(p.Context(), ev); err != nil {
			p.Fatal(err)
		}
	}
}

// heard waits until the place has heard all that is stored.
func (p *place) heard(key session.Key) {
	p.Helper()
	for _, s := range []id.Session{key.Session, id.Everyone} {
		last, err := p.Intake.Bus.LastSeq(p.Context(), key.Project, s)
		if err != nil {
			p.Fatal(err)
		}
		bustest.Until(p, "the bus is heard", func() bool { return p.Place.Load().Seq >= last })
	}
}

func TestResumingClientIsToldAllThatItMissedInOrderAndThenGoesOn(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.follows()
	r := &resuming{place: p, key: p.visit()}
	if f := r.connect(); f.Type != "reset" || f.Data.Reason != resetUnknown || f.Position == "" {
		t.Fatalf("without a position: %+v", f)
	}
	p.says(r.key, "live")
	for len(r.names) < 1 {
		r.read()
	}
	r.leave()
	var want []string
	for i := range 20 {
		for name, emit := range map[string]func(string){
			"said": func(s string) { p.says(r.key, s) }, "sent": func(s string) { p.emits(r.key, s) }, "all": func(s string) { p.emits(session.Key{}, s) },
		} {
			name = fmt.Sprint(name, i)
			emit(name)
			want = append(want, name)
		}
	}
	p.heard(r.key)
	if f := r.connect(); f.Type != "connected" || f.Data.Missed != len(want) {
		t.Fatalf("%+v, want connected after %d", f, len(want))
	}
	p.emits(r.key, "live again")
	r.read()
	if want = slices.Concat([]string{"live"}, want, []string{"live again"}); !slices.Equal(r.names, want) {
		t.Errorf("was told %q\nwant %q", r.names, want)
	}
	r.leave()
	if f := r.connect(); f.Type != "connected" || f.Data.Missed != 0 {
		t.Errorf("nothing was missed: %+v", f)
	}
}

func TestNobodyIsToldThatHeHasResumedWithAHole(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.follows()
	key := p.visit()
	p.says(key, "one")
	now := p.Place.Load()
	for position, reason := range map[string]string{
		"": resetUnknown, "nonsense": resetUnknown, "0-0-0": resetUnknown, bus.Mark{Epoch: "other", Seq: 1}.String(): resetStream,
		bus.Mark{Epoch: now.Epoch, Seq: 1 << 40}.String(): resetStream,
	} {
		r := &resuming{place: p, key: key, position: position}
		if f := r.connect(); f.Type != "reset" || f.Data.Reason != reason || len(r.names) != 0 {
			t.Errorf("%q: %+v after %q, want %s", position, f, r.names, reason)
		}
	}
	r := &resuming{place: p, key: key, position: now.String()}
	names := make([]string, maxMissed+1)
	for i := range names {
		names[i] = fmt.Sprint("e", i)
	}
	p.emits(key, names...)
	bustest.Until(t, "all is heard", func() bool { return p.Place.Load().Seq > now.Seq+maxMissed })
	if f := r.connect(); f.Type != "reset" || f.Data.Reason != resetTooMany || len(r.names) != 0 {
		t.Errorf("%+v after %d, want %s", f, len(r.names), resetTooMany)
	}
	p.emits(key, "live")
	if f := r.read(); f.Data.Name != "live" {
		t.Errorf("after the reset came %+v", f)
	}
}

func TestWhatWasDeletedMeanwhileIsNotSentAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.follows()
	r := &resuming{place: p, key: p.visit(), position: p.Place.Load().String()}
	p.says(r.key, "a secret")
	entry, refusal := p.Intake.Find(t.Context(), string(r.key.Session))
	if refusal != nil {
		t.Fatal(refusal)
	}
	var said string
	err := p.Intake.Bus.Replay(t.Context(), 0, bus.Filter{Session: r.key.Session, Project: r.key.Project, Type: bus.MessageCreated}, func(ev bus.Event) error {
		said = ev.ID
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if refusal := p.Intake.Note(t.Context(), entry, fact.Deleted(entry, said, fact.Now())); refusal != nil {
		t.Fatal(refusal)
	}
	bustest.Until(t, "it is heard", func() bool { return p.Place.Load().Seq >= entry.Seq() })
	r.connect()
	if strings.Contains(strings.Join(r.names, " "), "secret") || len(r.names) != 1 {
		t.Errorf("was told %q", r.names)
	}
}

func TestHoleThatTheGatewayHasIsFilledForThoseWhoResume(t *testing.T) {
	t.Parallel()
	p := newPlace(t) // follows nothing: whatever is stored is a hole
	r := &resuming{place: p, key: p.visit()}
	seq := p.says(r.key, "before")
	heard := func(seq uint64) { p.Place.Store(bus.Mark{Epoch: p.Intake.Bus.Epoch(), Seq: seq}) }
	heard(seq)
	r.position = bus.Mark{Epoch: p.Intake.Bus.Epoch(), Seq: seq}.String()
	r.connect()
	heard(p.says(r.key, "in the hole"))
	for c := range p.conns() {
		c.Resync()
	}
	if r.read(); !slices.Equal(r.names, []string{"in the hole"}) {
		t.Errorf("was told %q", r.names)
	}
	if f := r.read(); f.Type != "connected" || f.Data.Missed != 1 {
		t.Errorf("then %+v", f)
	}
}
