package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/notifier"
)

// line is a summary for people. A session's id opens the conversation to whoever has it, so only its end is shown.
func (s summary) line() string {
	session := cmp.Or(id.Session(s.Session).Short(), "-")
	return fmt.Sprintf("%6d  %s  %-18s %-18s %-6s %2d×  %s", s.Seq, s.Time.Local().Format(time.DateTime), s.Consumer, cmp.Or(s.Type, "unreadable"),
		session, s.Attempts, s.Reason)
}

// showLetter prints a letter's headers and its body as it is, indented if it is JSON.
func showLetter(ctx context.Context, b *bus.Bus, out io.Writer, seq uint64) error {
	l, err := b.DeadLetter(ctx, seq)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Number: %d\nTime: %s\n", l.Seq, l.Time.UTC().Format(time.RFC3339))
	for _, name := range slices.Sorted(maps.Keys(l.Headers)) {
		for _, value := range l.Headers[name] {
			fmt.Fprintf(out, "%s: %s\n", name, printable(value))
		}
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, l.Body, "", "  ") != nil {
		pretty.Reset()
		pretty.WriteString(strconv.Quote(string(l.Body))) // whatever it is, the terminal must survive it
	}
	_, err = fmt.Fprintf(out, "\n%s\n", printable(pretty.String()))
	return err
}

// printable keeps a visitor's control characters, and those that turn the direction of writing, from the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// notifierPrefix is how the consumers of the notifier are called, before the platform.
const notifierPrefix = "notifier-"

// errNotRetried says that nobody can be asked to try a letter again.
var errNotRetried = errors.New("it cannot be asked for again")

// retryLetter asks for another delivery, and answers of whom.
func retryLetter(ctx context.Context, b *bus.Bus, seq uint64, at time.Time) (platform string, err error) {
	l, err := b.DeadLetter(ctx, seq)
	if err != nil {
		return "", err
	}
	platform, ok := strings.CutPrefix(l.Consumer, notifierPrefix)
	if !ok {
		return "", fmt.Errorf("%w: only the notifier delivers, and this one is of %s", errNotRetried, cmp.Or(l.Consumer, "an unknown program"))
	}
	platform, _, _ = strings.Cut(platform, "_") // behind it the project, which the event names too
	ev, err := l.Event()
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNotRetried, err)
	}
	// Nobody would ever hear it, and the letter would be gone.
	if _, err := b.ConsumerState(ctx, l.Consumer); err != nil {
		return "", fmt.Errorf("nobody delivers to %s: %w", platform, err)
	}
	request := requestOf(ev, platform, at)
	if len(request.GetMessageIds()) == 0 && !toldOfEvents(platform) {
		return "", fmt.Errorf("%w: %s is asked for messages, and this one is about %s", errNotRetried, platform, ev.Type)
	}
	_, err = b.Publish(ctx, bus.Event{
		// The same however often it is asked for: the bus stores it once.
		ID:   "dlq:" + strconv.FormatUint(l.Seq, 10) + ":" + strconv.FormatInt(l.Time.UnixMilli(), 36),
		Type: bus.DeliveryRequested, Project: ev.Project, Session: ev.Session, Source: "cli", Time: at, Data: request,
	})
	return platform, err
}

// requestOf asks a platform for what an event was about. What was itself a request asks for the same again.
func requestOf(ev bus.Event, platform string, at time.Time) *eventv1.DeliveryRequested {
	request := &eventv1.DeliveryRequested{SessionId: string(ev.Session), Platform: platform, EventSeq: ev.Seq, At: timestamppb.New(at)}
	if data, ok := ev.Data.(interface{ GetVisitorId() string }); ok {
		request.VisitorId = data.GetVisitorId()
	}
	switch data := ev.Data.(type) {
	case *eventv1.DeliveryRequested:
		request.EventSeq, request.MessageIds = data.GetEventSeq(), data.GetMessageIds()
	case *eventv1.Session:
		request.VisitorId = data.GetSession().GetVisitorId()
	case *eventv1.MessageCreated:
		request.MessageIds = []string{data.GetMessage().GetId()}
	case interface{ GetMessageId() string }: // edited, deleted
		request.MessageIds = []string{data.GetMessageId()}
	}
	if toldOfEvents(platform) {
		request.MessageIds = nil
	}
	return request
}

// toldOfEvents tells the customer's own servers from the platforms, which show messages.
func toldOfEvents(platform string) bool { return slices.Contains(notifier.WebhookNames, platform) }
