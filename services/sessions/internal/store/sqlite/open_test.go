package sqlite

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/storetest"
)

// fileWith makes a database by hand.
func fileWith(t *testing.T, statement string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	db, err := sql.Open("sqlite", path)
	if err == nil {
		_, err = db.Exec(statement)
	}
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFileThatIsNotOursIsRefusedAndLeftAlone(t *testing.T) {
	garbage := filepath.Join(t.TempDir(), "garbage")
	if err := os.WriteFile(garbage, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path string
		want error
	}{
		"newer":   {fileWith(t, "PRAGMA user_version = 4; CREATE TABLE sessions (of_tomorrow)"), ErrNewer},
		"foreign": {fileWith(t, "CREATE TABLE recipes (id)"), ErrForeign},
		"garbage": {garbage, nil},
	} {
		before, err := os.ReadFile(c.path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Open(c.path)
		if err == nil {
			_ = s.Close()
		}
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s file: %v", name, err)
		}
		if after, err := os.ReadFile(c.path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s file was changed, %v", name, err)
		}
	}
}

func TestFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deeper", "store.db")
	mustOpen(t, path)
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestTwoProcessesOfOneFileConflictInsteadOfOverwriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	one, two := mustOpen(t, path), mustOpen(t, path)
	const events, batch = 120, 4
	var folding sync.WaitGroup
	for _, s := range []*Store{one, two} {
		folding.Go(func() {
			for {
				floor, err := storetest.Fold(t.Context(), s, batch, events)
				if err != nil && !errors.Is(err, store.ErrConflict) {
					t.Errorf("commit beside another process: %v", err)
					return
				}
				if err == nil && floor == events {
					return
				}
			}
		})
	}
	folding.Wait()
	storetest.CheckFolded(t, one, events)
}

func TestExpiredVisitsLeaveTheFile(t *testing.T) {
	s := mustOpen(t, filepath.Join(t.TempDir(), "store.db"))
	put := func(name string, ttl time.Duration) {
		t.Helper()
		visit := &sessionsv1.SessionRecord{Project: "default", Session: &bellhopv1.Session{Id: name}, Visit: true}
		if err := s.PutVisit(t.Context(), visit, ttl); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2 * dropAtOnce {
		put(fmt.Sprint("ses_", i), -time.Minute)
	}
	put("ses_a", time.Hour)
	put("ses_b", time.Hour)
	var left int
	if err := s.readers.QueryRow("SELECT count(*) FROM visits").Scan(&left); err != nil || left != 2 {
		t.Fatalf("%d visits are left, %v", left, err)
	}
}
