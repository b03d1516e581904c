package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

const deadSession = "ses_0123456789abcdefghXY9z"

// graveyard is a bus with dead letters.
type graveyard struct {
	*testing.T
	bus *bus.Bus
	url string
}

func newGraveyard(t *testing.T) *graveyard {
	t.Helper()
	addr := freeAddr(t)
	server, err := embedded.Start(embedded.Options{Dir: t.TempDir(), Durability: embedded.Relaxed, Addr: addr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return &graveyard{T: t, bus: bustest.Connect(t, bus.Config{InProcess: server}), url: "nats://" + addr}
}

// bury has a consumer give up an event, and answers its dead letter.
func (g *graveyard) bury(consumer string, kind bus.Type, data proto.Message) bus.DeadLetter {
	g.Helper()
	before := g.letters()
	ctx, cancel := context.WithCancel(g.Context())
	defer cancel()
	c, err := g.bus.Consumer(ctx, bus.ConsumerSpec{Name: consumer, Types: []bus.Type{kind}})
	if err != nil {
		g.Fatal(err)
	}
	ev := bus.Event{
		ID: string(id.NewMessage()), Type: kind, Project: id.Default, Session: deadSession, Source: "test", Time: time.Now(), Data: data,
	}
	if _, err := g.bus.Publish(ctx, ev); err != nil {
		g.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		done <- c.Run(ctx, func(_ context.Context, got bus.Event) error {
			if got.ID == ev.ID {
				return bus.Permanent(errors.New("the bot was removed"))
			}
			return nil
		})
	}()
	eventually(g.T, "it is buried", func() bool { return len(g.letters()) > len(before) })
	cancel()
	if err := <-done; err != nil {
		g.Fatal(err)
	}
	after := g.letters()
	return after[len(after)-1]
}

func (g *graveyard) letters() []bus.DeadLetter {
	g.Helper()
	var all []bus.DeadLetter
	if err := g.bus.DeadLetters(g.Context(), func(l bus.DeadLetter) error { all = append(all, l); return nil }); err != nil {
		g.Fatal(err)
	}
	return all
}

// requests are the deliveries that were asked for.
func (g *graveyard) requests() []bus.Event {
	g.Helper()
	var all []bus.Event
	err := g.bus.Replay(g.Context(), 1, bus.Filter{Type: bus.DeliveryRequested}, func(ev bus.Event) error { all = append(all, ev); return nil })
	if err != nil {
		g.Fatal(err)
	}
	return all
}

// run is bellhop dlq.
func (g *graveyard) run(want int, args ...string) (stdout, stderr string) {
	g.Helper()
	code, stdout, stderr := command(g.T, append([]string{"dlq", "--nats-url", g.url}, args...)...)
	if code != want {
		g.Fatalf("dlq %v: exit code %d, want %d\n%s%s", args, code, want, stdout, stderr)
	}
	return stdout, stderr
}

func message(content string) *eventv1.MessageCreated {
	return &eventv1.MessageCreated{SessionId: deadSession, VisitorId: "v1", Message: &bellhopv1.Message{
		Id: "m1", SessionId: deadSession, Content: content, Sender: "visitor",
	}}
}

func number(l bus.DeadLetter) string { return strconv.FormatUint(l.Seq, 10) }

func TestDeadLettersAreListedWithoutTheirContent(t *testing.T) {
	g := newGraveyard(t)
	if out, _ := g.run(runner.ExitOK, "list"); !strings.Contains(out, "no dead letters") {
		t.Error(out)
	}
	if out, _ := g.run(runner.ExitOK, "list", "--json"); out != "" {
		t.Error(out)
	}
	letter := g.bury("notifier-telegram", bus.MessageCreated, message("what nobody else may read"))
	out, _ := g.run(runner.ExitOK, "list")
	for _, want := range []string{number(letter), "notifier-telegram", "message.created", "ghXY9z", "the bot was removed"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %s", want, out)
		}
	}
	asJSON, _ := g.run(runner.ExitOK, "list", "--json")
	var got summary
	if err := json.Unmarshal([]byte(asJSON), &got); err != nil || got.Seq != letter.Seq || got.EventSeq != letter.EventSeq || got.Type != "message.created" ||
		got.Session != deadSession || got.Project != "default" || got.Attempts != 1 || got.Reason != "permanent: the bot was removed" || got.EventID == "" {
		t.Errorf("%s: %+v, %v", asJSON, got, err)
	}
	if strings.Contains(out+asJSON, "nobody else") || strings.Contains(out, deadSession) {
		t.Errorf("the content, or the key to the conversation, is in\n%s%s", out, asJSON)
	}
}

func TestOneDeadLetterIsShownWithItsContent(t *testing.T) {
	g := newGraveyard(t)
	letter := g.bury("notifier-telegram", bus.MessageCreated, message("hello \u202e\u009b31m 😀"))
	out, _ := g.run(runner.ExitOK, "show", number(letter))
	for _, want := range []string{"Bellhop-Reason: permanent: the bot was removed", "Bellhop-Consumer: notifier-telegram", `"content": "hello `, "😀"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %s", want, out)
		}
	}
	if strings.ContainsAny(out, "\u202e\u009b") {
		t.Error("the terminal gets a visitor's control characters")
	}
}

func TestRetryAsksForTheDeliveryOnceAndDropsTheLetter(t *testing.T) {
	g := newGraveyard(t)
	for _, c := range []struct {
		consumer string
		kind     bus.Type
		data     proto.Message
		want     *eventv1.DeliveryRequested
	}{
		{"notifier-telegram", bus.MessageCreated, message("a"), &eventv1.DeliveryRequested{VisitorId: "v1", Platform: "telegram", MessageIds: []string{"m1"}}},
		{"notifier-telegram_shop", bus.MessageCreated, message("a"), &eventv1.DeliveryRequested{VisitorId: "v1", Platform: "telegram", MessageIds: []string{"m1"}}},
		{"notifier-slack", bus.MessageEdited, &eventv1.MessageEdited{MessageId: "m2", VisitorId: "v1"},
			&eventv1.DeliveryRequested{VisitorId: "v1", Platform: "slack", MessageIds: []string{"m2"}}},
		{"notifier-webhook", bus.MessageCreated, message("b"), &eventv1.DeliveryRequested{VisitorId: "v1", Platform: "webhook"}},
		{"notifier-backend", bus.SessionClosed, &eventv1.Session{Session: &bellhopv1.Session{VisitorId: "v2"}},
			&eventv1.DeliveryRequested{VisitorId: "v2", Platform: "backend"}},
		{"notifier-webhook", bus.DeliveryRequested, &eventv1.DeliveryRequested{VisitorId: "v1", Platform: "webhook", EventSeq: 7},
			&eventv1.DeliveryRequested{VisitorId: "v1", Platform: "webhook", EventSeq: 7}},
	} {
		letter := g.bury(c.consumer, c.kind, c.data)
		before := len(g.requests())
		g.run(runner.ExitOK, "retry", "--keep", number(letter))
		g.run(runner.ExitOK, "retry", number(letter)) // of which the bus makes one
		requests := g.requests()
		if len(requests) != before+1 || len(g.letters()) != 0 {
			t.Fatalf("%s: %d requests, %d letters", c.consumer, len(requests)-before, len(g.letters()))
		}
		ev := requests[before]
		got := ev.Data.(*eventv1.DeliveryRequested)
		c.want.SessionId, c.want.At = deadSession, got.GetAt()
		if c.want.EventSeq == 0 {
			c.want.EventSeq = letter.EventSeq
		}
		if ev.Session != deadSession || ev.Project != id.Default || got.GetAt() == nil || !proto.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.consumer, got, c.want)
		}
	}
}

func TestWhatCannotBeAskedForAgainIsKeptAndExplained(t *testing.T) {
	g := newGraveyard(t)
	foreign := g.bury("sessions-05", bus.MessageCreated, message("a"))
	wordless := g.bury("notifier-telegram", bus.SessionClosed, &eventv1.Session{})
	fine := g.bury("notifier-discord", bus.MessageCreated, message("b"))
	_, stderr := g.run(runner.ExitFailure, "retry", number(foreign), number(wordless), "4000000", number(fine))
	for _, want := range []string{"sessions-05", "session.closed", "no such dead letter"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is not in %s", want, stderr)
		}
	}
	if left := g.letters(); len(left) != 2 || len(g.requests()) != 1 {
		t.Errorf("%d letters and %d requests: the others must have their turn, and only those", len(left), len(g.requests()))
	}
}

func TestDropDeletesTheLetter(t *testing.T) {
	g := newGraveyard(t)
	first, second := g.bury("notifier-telegram", bus.MessageCreated, message("a")), g.bury("notifier-telegram", bus.MessageCreated, message("b"))
	g.run(runner.ExitOK, "drop", number(first), number(first))
	if left := g.letters(); len(left) != 1 || left[0].Seq != second.Seq {
		t.Errorf("%+v", left)
	}
	g.run(runner.ExitFailure, "drop", number(first))
	if len(g.requests()) != 0 {
		t.Error("dropping asks for nothing")
	}
}

func TestWrongNumbersAndNoBusAreExplained(t *testing.T) {
	for _, args := range [][]string{{"show", "one"}, {"retry"}, {"drop", "0"}, {"drop", "-1"}, {"show", "1", "2"}, {"list", "x"}} {
		code, _, stderr := command(t, append([]string{"dlq"}, args...)...)
		if code != runner.ExitConfiguration || stderr == "" {
			t.Errorf("dlq %v: exit code %d\n%s", args, code, stderr)
		}
	}
	code, _, stderr := command(t, "dlq", "list", "--nats-url", fmt.Sprint("nats://user:hunter2@", freeAddr(t)))
	if code != runner.ExitFailure || !strings.Contains(stderr, "bus unavailable") || strings.Contains(stderr, "hunter2") {
		t.Errorf("no bus: exit code %d\n%s", code, stderr)
	}
}
