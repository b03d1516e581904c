package feed

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// ear is a connection that keeps what it is sent.
type ear chan string

func (e ear) Push(f hub.Frame) { e <- string(f.Data) }
func (e ear) Resync()          {}
func (e ear) Tend()            {}
func (e ear) Shut()            {}
func (e ear) Lasting() bool    { return false }

// A platform says that somebody types and never that he has stopped; a widget believes it for ever.
func TestOperatorWhoTypesAndSendsNothingIsSeenToStop(t *testing.T) {
	t.Parallel()
	b := bustest.New(t)
	directory, err := session.New(nil, 10)
	if err != nil {
		t.Fatal(err)
	}
	f := &Feed{Bus: b, Hub: hub.New(), Directory: directory, Presence: NewPresence(nil), Place: new(bus.Place), TypingFor: 300 * time.Millisecond, Log: zap.NewNop()}
	heard := make(ear, 16)
	f.Hub.Join(session.Key{Project: id.Default, Session: "ses_1"}, heard)
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		_ = f.Run(ctx, func() { close(ready) })
	}()
	t.Cleanup(func() { cancel(); <-ended })
	<-ready
	hear := func(is bool) time.Time {
		t.Helper()
		select {
		case frame := <-heard:
			if !strings.Contains(frame, `"typing"`) || strings.Contains(frame, `"isTyping":true`) != is || !strings.Contains(frame, `"sender":"operator"`) {
				t.Fatalf("heard %s, want that somebody types: %v", frame, is)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("nothing heard, want that somebody types: %v", is)
		}
		return time.Now()
	}
	says := func(is string) {
		t.Helper()
		if err := b.Signal(id.Default, "ses_1", TypingNoun, []byte(`{"sender":"operator","isTyping":`+is+`}`)); err != nil {
			t.Fatal(err)
		}
	}
	says("true")
	hear(true)
	says("true") // still: once more, and the end is after this
	again := hear(true)
	if after := hear(false).Sub(again); after < 250*time.Millisecond {
		t.Errorf("seen to stop %v after he was said to type", after)
	}
	says("true")
	hear(true)
	says("false") // he says so himself
	hear(false)
	says("true") // and nothing comes of the end that was planned before
	hear(true)
	hear(false)
	if f.typists.ends == nil || len(f.typists.ends) != 0 {
		t.Errorf("%d are remembered as typing", len(f.typists.ends))
	}
}
