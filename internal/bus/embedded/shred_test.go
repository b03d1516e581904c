package embedded

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const canary = "canary-of-a-removal-that-was-cut-off"

// TestARemovalThatAKillCutOffIsTakenBack has the server mark a message as removed without overwriting it, which is how a kill leaves it
// that comes between the two, and looks at what a server finds that starts on those files.
func TestARemovalThatAKillCutOffIsTakenBack(t *testing.T) {
	for name, c := range map[string]struct{ before, after int }{
		"in the middle of a block": {3, 3}, "the first": {0, 3}, "the last": {3, 0},
		"in another block than its mark": {0, 9000}, // of 1 KiB and more; a block takes 8 MiB
		"in a block between others":      {9000, 18000},
	} {
		t.Run(name, func(t *testing.T) {
			dir, seq := t.TempDir(), uint64(c.before+1)
			killed := filepath.Join(t.TempDir(), "killed")
			serve(t, dir, func(ctx context.Context, js jetstream.JetStream) {
				stream := fill(t, ctx, js, c.before, c.after)
				if err := stream.DeleteMsg(ctx, seq); err != nil {
					t.Fatal(err)
				}
				if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
					t.Fatal(err)
				}
			})
			serve(t, killed, func(ctx context.Context, js jetstream.JetStream) {
				stream, err := js.Stream(ctx, "FACTS")
				if err != nil {
					t.Fatal(err)
				}
				if n := stream.CachedInfo().State.Msgs; n != uint64(c.before+c.after+1) {
					t.Errorf("%d messages", n)
				}
				if err := stream.SecureDeleteMsg(ctx, seq); err != nil {
					t.Errorf("it is not there again: %v", err)
				}
				if n := holding(t, killed, canary); n != 0 {
					t.Errorf("%d files hold it", n)
				}
				if ack, err := js.Publish(ctx, "facts", []byte("next")); err != nil || ack.Sequence != uint64(c.before+c.after+2) {
					t.Errorf("%v, %v", ack, err)
				}
			})
		})
	}
}

// TestAWholeRemovalStays: of a message that was overwritten, of all of a stream, and of one that a server has told of that stopped.
func TestAWholeRemovalStays(t *testing.T) {
	for name, c := range map[string]struct {
		remove func(context.Context, jetstream.Stream) error
		clean  bool
		left   uint64
	}{
		"overwritten": {func(ctx context.Context, s jetstream.Stream) error { return s.SecureDeleteMsg(ctx, 2) }, false, 2},
		"all":         {func(ctx context.Context, s jetstream.Stream) error { return s.Purge(ctx) }, false, 0},
		"stopped":     {func(ctx context.Context, s jetstream.Stream) error { return s.DeleteMsg(ctx, 2) }, true, 2},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			again := filepath.Join(t.TempDir(), "killed")
			serve(t, dir, func(ctx context.Context, js jetstream.JetStream) {
				if err := c.remove(ctx, fill(t, ctx, js, 1, 1)); err != nil {
					t.Fatal(err)
				}
				if c.clean {
					again = dir
				} else if err := os.CopyFS(again, os.DirFS(dir)); err != nil {
					t.Fatal(err)
				}
			})
			serve(t, again, func(ctx context.Context, js jetstream.JetStream) {
				stream, err := js.Stream(ctx, "FACTS")
				if err != nil {
					t.Fatal(err)
				}
				if state := stream.CachedInfo().State; state.Msgs != c.left || state.LastSeq != 3 {
					t.Errorf("%d messages, the last is %d", state.Msgs, state.LastSeq)
				}
			})
		})
	}
}

// serve runs a server on a directory for as long as fn takes.
func serve(t *testing.T, dir string, fn func(context.Context, jetstream.JetStream)) {
	t.Helper()
	s, err := Start(Options{Dir: dir, Durability: Relaxed})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	js := dial(t, s)
	defer js.Conn().Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	fn(ctx, js)
}

// fill makes a stream with the canary between other messages.
func fill(t *testing.T, ctx context.Context, js jetstream.JetStream, before, after int) jetstream.Stream {
	t.Helper()
	stream, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "FACTS", Subjects: []string{"facts"}, Storage: jetstream.FileStorage})
	if err != nil {
		t.Fatal(err)
	}
	filler := bytes.Repeat([]byte("."), 1024)
	for i := range before + 1 + after {
		msg := &nats.Msg{Subject: "facts", Header: nats.Header{"Of": {"a test"}}, Data: filler}
		if i == before {
			msg.Data = []byte(strings.Repeat(canary, 3))
		}
		if _, err := js.PublishMsgAsync(msg, jetstream.WithStallWait(10*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-js.PublishAsyncComplete():
	case <-ctx.Done():
		t.Fatal(ctx.Err())
	}
	return stream
}

// holding is how many files below a directory hold a text.
func holding(t *testing.T, dir, text string) (n int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", "*", "msgs", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(body, []byte(text)) {
			n++
		}
	}
	return n
}
