package e2e

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	bellhop "github.com/bellhop-chat/bellhop/sdk"
	"github.com/bellhop-chat/bellhop/test/team"
)

// ear is a backend that listens with the Go client, and what it has heard.
type ear struct {
	*bellhop.Client
	t *testing.T

	mu    sync.Mutex
	heard []string
}

// backendAt makes a client of the stack's API. Its listening goes on from where an earlier one with the same store has ended.
func (s *stack) backendAt(t *testing.T, place bellhop.PositionStore) *ear {
	t.Helper()
	client, err := bellhop.New(bellhop.Options{URL: s.url, Key: apiKey, Position: place, FromStart: true})
	if err != nil {
		t.Fatal(err)
	}
	e := &ear{Client: client, t: t}
	client.OnMessage(func(_ context.Context, m bellhop.Message, _ *bellhop.Event) error {
		return e.note("visitor: " + m.Content)
	})
	client.OnOperatorMessage(func(_ context.Context, m bellhop.Message, _ *bellhop.Event) error {
		return e.note("operator: " + m.Content)
	})
	client.OnEvent("*", func(_ context.Context, c bellhop.CustomEvent, _ *bellhop.Event) error {
		return e.note("event: " + c.Name)
	})
	client.OnReset(func(context.Context, bellhop.Reset) error { return e.note("reset") })
	return e
}

func (e *ear) note(what string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, what)
	return nil
}

// hears listens until something was heard, and stops listening.
func (e *ear) hears(what string) {
	e.t.Helper()
	ctx, stop := context.WithTimeout(e.t.Context(), 20*time.Second)
	done := make(chan error, 1)
	go func() { done <- e.Listen(ctx) }()
	defer func() {
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			e.t.Errorf("listening ended with %v", err)
		}
	}()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for e.count(what) == 0 {
		select {
		case <-ctx.Done():
			e.t.Fatalf("waited in vain for %q, heard %q", what, e.heard)
		case <-tick.C:
		}
	}
}

func (e *ear) count(what string) (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, h := range e.heard {
		if h == what {
			n++
		}
	}
	return n
}

func TestBackendOfTheGoClientReadsAnswersAndGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	s := own(t, setup{on: []string{team.Telegram}})
	place := bellhop.FilePosition(t.TempDir() + "/position")
	vera := s.arrives(t)
	vera.Says("hi")
	first := s.backendAt(t, place)
	first.hears("visitor: hi")

	session := vera.SessionID()
	vera.eventually("the conversation to be listed as unanswered", func() bool { // lists may lag behind what is heard
		listed := 0
		for one, err := range first.Sessions(t.Context(), bellhop.SessionQuery{Unanswered: true}) {
			if err != nil {
				t.Fatal(err)
			}
			if one.ID == session {
				listed++
			}
		}
		return listed == 1
	})
	for range 2 { // as after an answer that was lost
		sent, err := first.SendMessage(t.Context(), session, bellhop.Outgoing{Content: "from the backend", OperatorName: "Robot", IdempotencyKey: "greeting"})
		if err != nil || sent.MessageID == "" {
			t.Fatalf("%+v, %v", sent, err)
		}
	}
	vera.Hears("from the backend")
	if _, err := first.EmitEvent(t.Context(), session, "order_shipped", map[string]any{"parcels": 2}); err != nil {
		t.Fatal(err)
	}
	var data struct{ Parcels int }
	if vera.SeesEvent("order_shipped", &data); data.Parcels != 2 {
		t.Errorf("the event's data are %+v", data)
	}

	// Nobody listens meanwhile.
	vera.Says("anybody?")
	s.at(t, team.Telegram).Room(vera).Says("here I am")
	vera.Hears("here I am")
	second := s.backendAt(t, place)
	second.hears("operator: here I am")
	if second.count("visitor: anybody?") != 1 || second.count("visitor: hi") != 0 || second.count("reset") != 0 {
		t.Errorf("the second has heard %q", second.heard)
	}

	var said []string
	for m, err := range second.Messages(t.Context(), session, bellhop.MessageQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, m.Content)
	}
	if len(said) != 4 {
		t.Errorf("the conversation is %q", said)
	}
	if _, err := second.CloseSession(t.Context(), session, "Robot"); err != nil {
		t.Fatal(err)
	}
	vera.SeesClosed(1)
	if _, err := second.Session(t.Context(), "ses_0000000000000000000000"); !bellhop.IsNotFound(err) {
		t.Errorf("an unknown session: %v", err)
	}
}
