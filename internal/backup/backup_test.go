package backup_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/backup"
	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/auth"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

// place is a bus, and how programs come to it.
type place struct{ service, keeper bus.Config }

func single(t *testing.T) place {
	at := bus.Config{InProcess: bustest.Server(t)}
	return place{at, at}
}

func cluster(t *testing.T) place {
	at := bus.Config{URL: bustest.NewCluster(t).URL()}
	return place{at, at}
}

// guarded is a server on which each has the rights of one user.
func guarded(t *testing.T) place {
	users, err := auth.Open(t.TempDir())
	if err == nil {
		err = users.Write()
	}
	if err != nil {
		t.Fatal(err)
	}
	server := bustest.NewGuarded(t, filepath.Join(filepath.Dir(users.SeedFile(bus.Backup)), auth.ServerFile))
	t.Cleanup(func() {
		if tried := server.Violations(); len(tried) > 0 {
			t.Errorf("more was tried than is allowed: %q", tried)
		}
	})
	return place{bus.Config{URL: server.Everybody}, bus.Config{URL: server.URL, User: bus.Backup, Credentials: users.SeedFile(bus.Backup)}}
}

// keeps is a connection of whoever backs up and restores.
func (p place) keeps(t *testing.T, how bus.Config) *bus.Bus {
	t.Helper()
	at := p.keeper
	at.Join, at.Bare = how.Join, how.Bare
	return bustest.Connect(t, at)
}

func TestEverythingThatWasAcknowledgedBeforeComesBackWithItsFilesAndPositions(t *testing.T) {
	for name, way := range map[string]struct{ from, to func(*testing.T) place }{
		"one server": {single, single}, "to a cluster": {single, cluster}, "from a cluster": {cluster, single}, "with rights": {guarded, guarded},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to := way.from(t), way.to(t)
			s := open(t, bustest.Connect(t, from.service))
			stop := s.busy()
			s.says("not told")
			dir, m := s.backUp(from.keeps(t, bus.Config{Join: true}))
			stop()
			_, done, err := backup.Restore(t.Context(), to.keeps(t, bus.Config{Bare: true}), dir)
			if err != nil || len(done) != len(m.Streams) || len(done) != 4 || done[3].Stream != bus.Facts {
				t.Fatalf("restored %+v, %v", done, err)
			}
			comesBack(&shop{t, bustest.Connect(t, to.service)}, s.bus.Epoch())
		})
	}
}

// comesBack looks at what was restored.
func comesBack(s *shop, before string) {
	s.Helper()
	if s.bus.Epoch() == before {
		s.Error("positions on the bus that was backed up would count for the one that was restored")
	}
	history := s.history()
	for _, want := range []string{"first", "second", "bad", "file 0", "file 1", "file 2", "not told"} {
		if !slices.Contains(history, want) {
			s.Errorf("%q was acknowledged before and is not in %q", want, history)
		}
	}
	for _, content := range history {
		if strings.HasPrefix(content, "file ") && !bytes.Equal(s.file(content), picture[:200_000]) {
			s.Errorf("%s has other bytes", content)
		}
	}
	if !bytes.Equal(s.file("first"), picture) {
		s.Error("the first file has other bytes")
	}
	if n, err := s.bus.Notebook().Get(s.Context(), note); err != nil || string(n.Value) != "a receiver" {
		s.Errorf("note %q, %v", n.Value, err)
	}
	var reasons []string
	s.must(s.bus.DeadLetters(s.Context(), func(l bus.DeadLetter) error { reasons = append(reasons, l.Reason); return nil }))
	if !slices.Equal(reasons, []string{"permanent: nobody takes it"}) {
		s.Errorf("dead letters %q", reasons)
	}
	s.says("after the restore")
	told := s.hears("after the restore")
	if slices.Contains(told, "first") || slices.Contains(told, "second") || !slices.Contains(told, "not told") {
		s.Errorf("told %q", told)
	}
}

func TestBackupIsReadByItsOwnerOnly(t *testing.T) {
	t.Parallel()
	s := open(t, bustest.New(t))
	dir := t.TempDir()
	s.must(os.Chmod(dir, 0o755))
	_, err := backup.Take(t.Context(), s.bus, dir, "test")
	s.must(err)
	s.must(filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if info, wrong := os.Stat(path); wrong == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %s", path, info.Mode())
		}
		return err
	}))
}
