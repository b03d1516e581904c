package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

func TestVerdictOfAHandlersError(t *testing.T) {
	broken := errors.New("broken")
	young, old := time.Now(), time.Now().Add(-2*time.Hour)
	for name, c := range map[string]struct {
		failures int
		stored   time.Time
		err      error
		delay    time.Duration
		reason   string
	}{
		"first error":                      {0, young, broken, time.Second, ""},
		"second error":                     {1, young, broken, 2 * time.Second, ""},
		"fourth error":                     {3, young, broken, 15 * time.Second, ""},
		"last attempt":                     {4, young, broken, 0, "last attempt"},
		"old but not asking":               {0, old, broken, time.Second, ""},
		"permanent":                        {0, young, Permanent(broken), 0, "permanent"},
		"wrapped permanent":                {0, young, fmt.Errorf("send: %w", Permanent(broken)), 0, "permanent"},
		"asks for a delay":                 {0, young, RetryAfter(broken, 7*time.Second), 7 * time.Second, ""},
		"asks after many errors":           {99, young, fmt.Errorf("send: %w", RetryAfter(broken, time.Minute)), time.Minute, ""},
		"asks for nothing":                 {0, young, RetryAfter(broken, 0), time.Millisecond, ""},
		"out of patience":                  {0, old, RetryAfter(broken, time.Second), 0, "out of patience"},
		"cancelled for its own reason":     {4, young, context.Canceled, 0, "last attempt"},
		"permanent even if asking as well": {0, young, RetryAfter(Permanent(broken), time.Second), 0, "permanent"},
	} {
		s := settling{attempts: 5, patience: time.Hour, failures: newTally(8)}
		s.failures.counts[7] = c.failures
		meta := &jetstream.MsgMetadata{Timestamp: c.stored, NumDelivered: 40, Sequence: jetstream.SequencePair{Stream: 7}}
		if delay, reason := s.verdict(meta, c.err); delay != c.delay || reason != c.reason {
			t.Errorf("%s: %s %q, want %s %q", name, delay, reason, c.delay, c.reason)
		}
	}
}

func TestErrorsKeepTheirCause(t *testing.T) {
	cause := errors.New("cause")
	for _, err := range []error{Permanent(cause), RetryAfter(cause, time.Second)} {
		if !errors.Is(err, cause) || err.Error() != "cause" {
			t.Errorf("%T hides its cause", err)
		}
	}
	if Permanent(nil) != nil || RetryAfter(nil, time.Second) != nil || IsPermanent(nil) || IsPermanent(cause) {
		t.Error("no error became one")
	}
}

func TestDelaysGrowAndEnd(t *testing.T) {
	last := time.Duration(0)
	for attempt := range 20 {
		d := delayOf(attempt)
		if d < last || d < time.Second || d > time.Minute {
			t.Errorf("delay of attempt %d is %s after %s", attempt, d, last)
		}
		last = d
	}
}

func TestTallyIsBounded(t *testing.T) {
	tally := newTally(3)
	for seq := range uint64(100) {
		tally.add(seq)
		if len(tally.counts) > 3 {
			t.Fatalf("%d counts", len(tally.counts))
		}
	}
	if tally.add(99) != 2 || tally.add(99) != 3 {
		t.Error("miscounted")
	}
	tally.forget(99)
	if tally.add(99) != 1 {
		t.Error("not forgotten")
	}
}

func TestReasonFitsAHeader(t *testing.T) {
	for _, s := range []string{"a\r\nNats-Msg-Id: b\x00\t c", strings.Repeat("é", 1000), "\xff"} {
		got := oneLine(s)
		if strings.ContainsAny(got, "\r\n\t") || len(got) > 500 || strings.ToValidUTF8(got, "") != got {
			t.Errorf("%q", got)
		}
	}
}
