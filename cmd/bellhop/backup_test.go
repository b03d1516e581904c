package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner"
)

// contents are what a session's history says.
func contents(t *testing.T, base, sessionID string) (all []string) {
	t.Helper()
	var h history
	call(t, "GET", base+"/pocketping/messages?sessionId="+sessionID, "", &h)
	for _, m := range h.Messages {
		all = append(all, m.Content)
	}
	return all
}

// says adds a message to a session.
func says(t *testing.T, base, sessionID, text string) {
	t.Helper()
	var said struct{ MessageID string }
	call(t, "POST", base+"/pocketping/message", `{"sessionId":"`+sessionID+`","content":"`+text+`"}`, &said)
	if said.MessageID == "" {
		t.Fatal("no message id")
	}
}

// complains is a command that fails and says why.
func complains(t *testing.T, of string, args ...string) {
	t.Helper()
	if told := fails(t, runner.ExitFailure, args...); !strings.Contains(told, of) {
		t.Errorf("bellhop %v says nothing of %q:\n%s", args, of, told)
	}
}

// A store that has applied what the restored bus never had would take what comes next, under the same numbers, for what it knows.
func TestStoreThatIsNewerThanARestoredBusHidesNothingThatComesLater(t *testing.T) {
	dir, kept := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	base, stop := start(t, "--data", dir)
	sessionID := say(t, base)
	stop()
	if told := runs(t, "backup", kept, "--data", dir); !strings.Contains(told, "BELLHOP:") || !strings.Contains(told, "KV_BELLHOP_NOTES:") {
		t.Errorf("backup tells %q", told)
	}
	base, stop = start(t, "--data", dir)
	for _, text := range []string{"after the backup", "and more", "and more"} {
		says(t, base, sessionID, text)
	}
	if all := contents(t, base, sessionID); len(all) != 4 {
		t.Fatalf("%q", all)
	}
	stop()
	if err := os.RemoveAll(filepath.Join(dir, "bus")); err != nil {
		t.Fatal(err)
	}
	if told := runs(t, "restore", kept, "--data", dir); !strings.Contains(told, "bellhop rebuild") {
		t.Errorf("restore tells %q", told)
	}
	complains(t, "bellhop rebuild", "up", "--addr", freeAddr(t), "--data", dir)
	runs(t, "rebuild", "--data", dir)
	base, stop = start(t, "--data", dir)
	says(t, base, sessionID, "after the restore")
	if all := contents(t, base, sessionID); strings.Join(all, ", ") != "hello, after the restore" {
		t.Errorf("the history is %q", all)
	}
	stop()
}

// Redis that comes back from a dump of yesterday is the same case.
func TestStoreOfYesterdayCatchesUpWithTheBusThatWentOn(t *testing.T) {
	dir, kept := t.TempDir(), t.TempDir()
	base, stop := start(t, "--data", dir)
	sessionID := say(t, base)
	stop()
	move := func(from, to string) {
		t.Helper()
		body, err := os.ReadFile(filepath.Join(from, "sessions.db"))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, "sessions.db"), body, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	move(dir, kept)
	base, stop = start(t, "--data", dir)
	says(t, base, sessionID, "today")
	stop()
	move(kept, dir)
	base, stop = start(t, "--data", dir)
	says(t, base, sessionID, "now")
	if all := contents(t, base, sessionID); strings.Join(all, ", ") != "hello, today, now" {
		t.Errorf("the history is %q", all)
	}
	stop()
}

func TestBackupOfARunningBellhopIsTakenByItsAddressOnly(t *testing.T) {
	dir, addr := t.TempDir(), freeAddr(t)
	base, _ := start(t, "--data", dir, "--nats-addr", addr)
	say(t, base)
	complains(t, "--nats-url", "backup", filepath.Join(t.TempDir(), "backup"), "--data", dir)
	kept := filepath.Join(t.TempDir(), "backup")
	runs(t, "backup", kept, "--nats-url", "nats://"+addr)
	complains(t, "BELLHOP", "restore", kept, "--nats-url", "nats://"+addr)
	complains(t, "not empty", "backup", kept, "--nats-url", "nats://"+addr)
}

func TestNothingIsMadeWhereThereIsNothingToBackUp(t *testing.T) {
	dir, kept := filepath.Join(t.TempDir(), "mistyped"), filepath.Join(t.TempDir(), "backup")
	complains(t, "has no bus", "backup", kept, "--data", dir)
	for _, path := range []string{dir, kept} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s was made", path)
		}
	}
}
