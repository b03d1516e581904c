//go:build powercut

package chaos

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// recovery is how long it may take until messages are accepted again.
const recovery = 30 * time.Second

// G19.
func TestAllInOneOnAFullDiskRefusesAndRecoversByItself(t *testing.T) {
	w, d := onDisk(t)
	w.refuses(t, "full", func(context.Context) (func(context.Context) error, error) {
		empty, err := d.fill()
		return func(context.Context) error { return empty() }, err
	})
}

func TestAllInOneOnABrokenDiskRefusesAndLosesNothing(t *testing.T) {
	w, d := onDisk(t)
	w.refuses(t, "broken", func(context.Context) (func(context.Context) error, error) {
		return func(ctx context.Context) error {
			err := w.Kill9("bellhop")
			if err == nil {
				err = errors.Join(d.unmount(), d.mount())
			}
			if err == nil {
				err = w.Restart(ctx, "bellhop")
			}
			return err
		}, d.breakdown()
	})
}

func onDisk(t *testing.T) (*world, *disk) {
	dir := t.TempDir()
	d := newDisk(t, filepath.Join(dir, "data"))
	return openIn(t, dir, cluster.Up, cluster.Settings{Webhook: true}, "bellhop"), d
}

// refuses checks that what cannot be stored is refused, that messages are taken again once the disk is well, and that nothing is missing.
func (w *world) refuses(t *testing.T, what string, ill func(context.Context) (mend func(context.Context) error, err error)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	c, err := newCrowd(ctx, "disk", w.URL, w.teams, 2)
	defer c.close()
	if err != nil {
		t.Fatal(err)
	}
	mend, err := ill(ctx)
	if err != nil {
		t.Fatal(err)
	}
	refused := c.untilRefused(ctx, t)
	t.Logf("refused after %d messages: %v", len(c.visitors[0].accepted)-1, refused)
	if refused.Status != http.StatusServiceUnavailable || refused.RetryAfter <= 0 {
		t.Errorf("refused with %d, Retry-After %s", refused.Status, refused.RetryAfter)
	}
	if err := mend(ctx); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	mended, cancel := context.WithTimeout(ctx, recovery)
	defer cancel()
	for n := 5000; n < 5010; n++ {
		if err := c.visitors[0].say(mended, n); err != nil {
			t.Fatalf("%v\n%s", err, w.Tail("bellhop"))
		}
	}
	t.Logf("took messages again %s after the disk was well", time.Since(begun).Round(time.Millisecond))
	settled, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	c.kills = 1
	result, err := c.check(settled)
	if err != nil {
		t.Fatal(err)
	}
	if t.Logf("a disk that is %s: %v", what, result); result.broken() {
		t.Error("a promise was broken")
	}
}

// untilRefused talks until a message is not accepted.
func (c *crowd) untilRefused(ctx context.Context, t *testing.T) *visitor.Refused {
	t.Helper()
	v := c.visitors[0]
	for n := 1; n < 60; n++ {
		try, cancel := context.WithTimeout(ctx, attempt)
		sent, err := v.Send(try, v.line(n), "")
		cancel()
		var refused *visitor.Refused
		switch {
		case err == nil:
			v.accepted = append(v.accepted, promise{sent.MessageID, v.line(n)})
		case errors.As(err, &refused):
			return refused
		default:
			t.Fatalf("neither accepted nor refused: %v", err)
		}
	}
	t.Fatal("everything is accepted")
	return nil
}

// fill leaves no byte free on the disk, until mend.
func (d *disk) fill() (mend func() error, err error) {
	path := filepath.Join(d.at, "filler")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	block := make([]byte, 64<<10)
	for len(block) > 0 {
		if _, err := file.Write(block); errors.Is(err, syscall.ENOSPC) {
			block = block[:len(block)/2]
		} else if err != nil {
			return nil, err
		}
	}
	if err := file.Sync(); err != nil {
		return nil, err
	}
	return func() error { return os.Remove(path) }, nil
}

// breakdown has every write fail from now on, as ext4 does after an I/O error of the disk. Only mounting it again mends that, so whoever
// has files open there must end first.
func (d *disk) breakdown() error { return tool("mount", "-o", "remount,abort", d.at) }
