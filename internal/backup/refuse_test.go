package backup_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/backup"
	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

func TestBackupIsNotMixedWithAnything(t *testing.T) {
	t.Parallel()
	s, dir := open(t, bustest.New(t)), t.TempDir()
	s.must(os.WriteFile(filepath.Join(dir, "other"), nil, 0o600))
	if _, err := backup.Take(t.Context(), s.bus, dir, "test"); !errors.Is(err, backup.ErrNotEmpty) {
		t.Errorf("a directory with a file: %v", err)
	}
	if _, err := backup.Take(t.Context(), s.bus, filepath.Join(dir, "other"), "test"); err == nil {
		t.Error("a file is taken for a directory")
	}
}

// rest is a bus on which nothing may be made.
func rest(t *testing.T) *bus.Bus {
	t.Helper()
	b := bustest.Connect(t, bus.Config{InProcess: bustest.Server(t), Bare: true})
	t.Cleanup(func() {
		if there, err := b.Snapshotted(context.Background()); err != nil || len(there) > 0 {
			t.Errorf("was made although it was refused: %q, %v", there, err)
		}
	})
	return b
}

func TestWhatIsNotAWholeBackupIsNotRestored(t *testing.T) {
	t.Parallel()
	s := open(t, bustest.New(t))
	whole, m := s.backUp(s.bus)
	events := m.Streams[1].File
	for name, c := range map[string]struct {
		harm func(dir string) error
		want error
		says string
	}{
		"a directory that is not there": {func(dir string) error { return os.RemoveAll(dir) }, backup.ErrUnfinished, "manifest.json"},
		"a backup that was cut off": {func(dir string) error { return os.Remove(filepath.Join(dir, "manifest.json")) },
			backup.ErrUnfinished, "manifest.json"},
		"a changed byte": {func(dir string) error {
			return change(filepath.Join(dir, events), func(b []byte) []byte { b[len(b)/2]++; return b })
		},
			backup.ErrDamaged, events},
		"a missing end": {func(dir string) error {
			return change(filepath.Join(dir, events), func(b []byte) []byte { return b[:len(b)-1] })
		},
			backup.ErrDamaged, events},
		"a missing file": {func(dir string) error { return os.Remove(filepath.Join(dir, events)) }, backup.ErrDamaged, events},
		"a changed manifest": {func(dir string) error { return alter(dir, `"num_replicas": 1`, `"num_replicas": 5`) },
			backup.ErrDamaged, "manifest"},
		"a manifest that is none": {func(dir string) error { return alter(dir, "{", "") }, backup.ErrDamaged, "manifest"},
		"a later form":            {func(dir string) error { return alter(dir, `"format": 1`, `"format": 2`) }, nil, "format 2"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := errors.Join(os.CopyFS(dir, os.DirFS(whole)), c.harm(dir)); err != nil {
				t.Fatal(err)
			}
			_, done, err := backup.Restore(t.Context(), rest(t), dir)
			if len(done) > 0 || err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("restored %v, %v", done, err)
			}
		})
	}
}

func change(path string, how func([]byte) []byte) error {
	body, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, how(body), 0o600)
}

func alter(dir, from, to string) error {
	return change(filepath.Join(dir, "manifest.json"), func(b []byte) []byte { return []byte(strings.Replace(string(b), from, to, 1)) })
}

func TestABusThatHasStreamsIsNotRestoredOver(t *testing.T) {
	t.Parallel()
	s := open(t, bustest.New(t))
	dir, _ := s.backUp(s.bus)
	_, done, err := backup.Restore(t.Context(), s.bus, dir)
	if len(done) > 0 || !errors.Is(err, backup.ErrOccupied) {
		t.Errorf("restored %v, %v", done, err)
	}
	for _, name := range []string{"BELLHOP,", "BELLHOP_DLQ", "KV_BELLHOP_NOTES", "OBJ_BELLHOP_FILES"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v does not name %s", err, name)
		}
	}
	s.says("and goes on")
	if all := s.history(); all[len(all)-1] != "and goes on" {
		t.Errorf("the history is %q", all)
	}
}

func TestABackupThatEndsTooEarlyIsNone(t *testing.T) {
	t.Parallel()
	s := open(t, bustest.New(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := filepath.Join(t.TempDir(), "backup")
	if _, err := backup.Take(ctx, s.bus, dir, "test"); err == nil {
		t.Error("taken in no time")
	}
	if _, err := backup.Open(dir); !errors.Is(err, backup.ErrUnfinished) {
		t.Errorf("opened: %v", err)
	}
}
