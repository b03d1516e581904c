package embedded

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

func TestWhatIsSyncedIsAllThatAServerHasWritten(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, func(ctx context.Context, js jetstream.JetStream) { fill(t, ctx, js, 1, 1) })
	if err := Sync(dir); err != nil {
		t.Error(err)
	}
	if err := Sync(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("what is not there was synced")
	}
}
