package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/storetest"
)

// crashEnv makes the test's own binary a process that commits to a file until somebody kills it.
const crashEnv = "BELLHOP_TEST_COMMIT_UNTIL_KILLED"

func commitUntilKilled(path string) {
	s, err := Open(path)
	for err == nil {
		var floor uint64
		if floor, err = storetest.Fold(context.Background(), s, 4, math.MaxUint64); err == nil {
			fmt.Println(floor)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestKilledProcessLosesNothingThatItCommitted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	for round := range uint64(3) {
		committed := killAfter(t, path, int(10+7*round))
		s := mustOpen(t, path)
		floor, err := s.Floor(t.Context(), 3)
		if err != nil || floor < committed {
			t.Fatalf("the floor is %d, %v, and %d was committed", floor, err, committed)
		}
		storetest.CheckFolded(t, s, floor)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter lets a process commit that often and kills it; it answers the last floor that the process reported.
func killAfter(t *testing.T, path string, commits int) (committed uint64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashEnv+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if committed, err = strconv.ParseUint(lines.Text(), 10, 64); err != nil {
			t.Fatal(err)
		}
		if n == commits {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait()
	return committed
}

func TestOlderFileGoesBackAsAWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "store.db")
	foldTo := func(last uint64) {
		t.Helper()
		s := mustOpen(t, path)
		if _, err := storetest.Fold(t.Context(), s, last, last); err != nil {
			t.Fatal(err)
		}
		storetest.CheckFolded(t, s, last)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	foldTo(7)
	backup, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	foldTo(20)
	if err := os.WriteFile(path, backup, 0o600); err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, path)
	if floor, err := s.Floor(t.Context(), 3); err != nil || floor != 7 {
		t.Fatalf("the floor of a file of 7 is %d, %v", floor, err)
	}
	storetest.CheckFolded(t, s, 7)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	foldTo(20)
}
