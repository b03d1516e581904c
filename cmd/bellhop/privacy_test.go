package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner"
)

const apiKey = "an-api-key-for-tests"

// withAPI runs `up` with a key, and has the commands find it.
func withAPI(t *testing.T) (base string) {
	t.Helper()
	t.Setenv("API_KEY", apiKey)
	base, _ = start(t, "--data", t.TempDir())
	t.Setenv("BELLHOP_URL", base)
	return base
}

// runs is a command that must succeed.
func runs(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := command(t, args...)
	if code != runner.ExitOK {
		t.Fatalf("%v: exit code %d\n%s%s", args, code, out, errs)
	}
	return out
}

// fails is a command that must fail, and what it says.
func fails(t *testing.T, want int, args ...string) string {
	t.Helper()
	code, out, errs := command(t, args...)
	if code != want {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, code, want, out, errs)
	}
	return errs
}

// erased checks what `bellhop erase` prints, and answers the erasure's id.
func erased(t *testing.T, out, sessionID string) string {
	t.Helper()
	found := regexp.MustCompile(`^erasure (era_\w+) of 1 sessions has begun\n`).FindStringSubmatch(out)
	if found == nil || !strings.Contains(out, found[1]+": done\n") || !strings.Contains(out, "data      done     ") {
		t.Fatalf("it prints\n%s", out)
	}
	if strings.Contains(out, sessionID) || !strings.Contains(out, "…"+sessionID[len(sessionID)-6:]) {
		t.Errorf("the session's id, which opens the conversation, is printed whole or not at all:\n%s", out)
	}
	return found[1]
}

func TestVisitorIsExportedThenErasedThenUnknown(t *testing.T) {
	base := withAPI(t)
	sessionID := say(t, base)
	file := filepath.Join(t.TempDir(), "vera.json")
	printed := runs(t, "export", "v")
	runs(t, "export", "v", "-o", file)
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for way, raw := range map[string][]byte{"printed": []byte(printed), "written": written} {
		var export struct {
			VisitorID string
			Sessions  []struct {
				Session  struct{ ID string }
				Messages []struct{ Content string }
			}
		}
		if err := json.Unmarshal(raw, &export); err != nil || export.VisitorID != "v" || len(export.Sessions) != 1 || export.Sessions[0].Session.ID != sessionID || export.Sessions[0].Messages[0].Content != "hello" {
			t.Errorf("%s: %s, %v", way, raw, err)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	erasureID := erased(t, runs(t, "erase", "visitor", "v"), sessionID)
	if status := runs(t, "erase", "status", erasureID); !strings.HasPrefix(status, "erasure "+erasureID+": done\n") {
		t.Errorf("the status is\n%s", status)
	}
	for _, args := range [][]string{{"export", "v"}, {"erase", "visitor", "v"}} {
		if errs := fails(t, runner.ExitFailure, args...); !strings.Contains(errs, "404") || !strings.Contains(errs, "no session of this visitor") {
			t.Errorf("%v afterwards says %s", args, errs)
		}
	}
}

func TestSessionIsErasedByTheBackendsOwnID(t *testing.T) {
	base := withAPI(t)
	const own = "order/7 ä?" // which needs escaping
	reports(t, base, own, "user-a")
	reports(t, base, "order/8", "user-b")
	if out := runs(t, "erase", "session", own); !strings.Contains(out, ": done\n") {
		t.Errorf("it prints\n%s", out)
	}
	if errs := fails(t, runner.ExitFailure, "export", "user-a"); !strings.Contains(errs, "404") {
		t.Errorf("the export afterwards says %s", errs)
	}
	if out := runs(t, "export", "user-b"); !strings.Contains(out, "hello") {
		t.Errorf("somebody else's export is %s", out)
	}
}

// reports tells of a visitor's message as a backend does.
func reports(t *testing.T, base, sessionID, visitorID string) {
	t.Helper()
	body := `{"message":{"id":"m","content":"hello"},"session":{"id":"` + sessionID + `","visitorId":"` + visitorID + `"}}`
	if status, raw := once(t, http.MethodPost, base+"/api/messages", body); status != http.StatusOK {
		t.Fatalf("reporting answered %d %s", status, raw)
	}
}

func TestErasingNeedsTheKeyAndAGateway(t *testing.T) {
	base := withAPI(t)
	say(t, base)
	t.Setenv("API_KEY", "")
	for _, args := range [][]string{{"erase", "visitor", "v"}, {"erase", "session", "x"}, {"erase", "status", "x"}, {"export", "v"}} {
		if errs := fails(t, runner.ExitConfiguration, args...); !strings.Contains(errs, "API_KEY") {
			t.Errorf("%v without a key says %s", args, errs)
		}
	}
	t.Setenv("API_KEY", "another-key")
	if errs := fails(t, runner.ExitFailure, "erase", "visitor", "v"); !strings.Contains(errs, "401") {
		t.Errorf("with a wrong key it says %s", errs)
	}
	t.Setenv("API_KEY", apiKey)
	if errs := fails(t, runner.ExitFailure, "export", "v", "--url", "http://"+freeAddr(t)); !strings.Contains(errs, "ask the gateway") || strings.Contains(errs, apiKey) {
		t.Errorf("without a gateway it says %s", errs)
	}
	runs(t, "export", "v") // nothing was erased
}
