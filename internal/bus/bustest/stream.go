package bustest

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Poor is a stream of facts that somebody else has made, and made badly. The zero value is one replica on disk.
type Poor struct {
	Memory, Async bool
	Replicas      int
}

// MakeStream makes the stream of facts before Bellhop does.
func MakeStream(t testing.TB, nc *nats.Conn, how Poor) {
	t.Helper()
	cfg := jetstream.StreamConfig{Name: "BELLHOP", Subjects: []string{"bellhop.v1.*.*.*.*.*"}, Replicas: how.Replicas}
	if how.Memory {
		cfg.Storage = jetstream.MemoryStorage
	}
	if how.Async {
		cfg.PersistMode = jetstream.AsyncPersistMode
	}
	streams(t, nc, func(ctx context.Context, js jetstream.JetStream) error {
		_, err := js.CreateStream(ctx, cfg)
		return err
	})
}

// DropStreams deletes the streams of facts and of dead letters.
func DropStreams(t testing.TB, nc *nats.Conn) {
	t.Helper()
	for _, name := range []string{"BELLHOP", "BELLHOP_DLQ"} {
		streams(t, nc, func(ctx context.Context, js jetstream.JetStream) error { return js.DeleteStream(ctx, name) })
	}
}

// streamTimeout bounds what a cluster's leader is asked to do.
const streamTimeout = 10 * time.Second

func streams(t testing.TB, nc *nats.Conn, do func(context.Context, jetstream.JetStream) error) {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), streamTimeout)
	defer cancel()
	if err := do(ctx, js); err != nil {
		t.Fatal(err)
	}
}
