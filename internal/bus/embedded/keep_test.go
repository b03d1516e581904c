//go:build unix

package embedded

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// limitFiles has every write beyond a size fail, as a full disk does, until the test ends or lift is called.
func limitFiles(t *testing.T, size uint64) (lift func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	lift = func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(lift)
	return lift
}

// G19.
func TestStoreThatFailedIsOpenedAnewOnceTheDiskTakesBytes(t *testing.T) {
	k, err := Keep(Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Stop()
	js := dial(t, k, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	defer js.Conn().Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	stream, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}})
	if err != nil {
		t.Fatal(err)
	}
	publish := func() error {
		one, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		_, err := js.Publish(one, "s", make([]byte, 64<<10), jetstream.WithRetryAttempts(0))
		return err
	}
	lift := limitFiles(t, 300<<10)
	stored := uint64(0)
	for publish() == nil {
		if stored++; stored > 10 {
			t.Fatal("more is accepted than a file may hold")
		}
	}
	if publish() == nil {
		t.Error("a message is accepted that cannot be stored")
	}
	lift()
	for publish() != nil {
		if ctx.Err() != nil {
			t.Fatal("nothing is accepted although the disk takes bytes again")
		}
	}
	stored++
	info, err := stream.Info(ctx)
	if err != nil || info.State.Msgs < stored {
		t.Errorf("%d messages were accepted, there are %d: %v", stored, info.State.Msgs, err)
	}
}

func TestProbeTellsWhetherADiskTakesBytesAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := probe(dir); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
	limitFiles(t, probeBytes/2)
	if probe(dir) == nil {
		t.Error("a full disk is called well")
	}
	if probe(filepath.Join(dir, "nowhere")) == nil {
		t.Error("a directory that is not there is called well")
	}
}
