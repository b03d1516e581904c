package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// erasedWithin is within what time everything of a visitor must be gone, kills or not.
const erasedWithin = 60 * time.Second

// TestErasureThatIsKilledInTheMiddleIsFinished kills everything with -9 again and again while a visitor is erased, and looks for what he
// has said in all that the process has written: bus, store, files and logs.
func TestErasureThatIsKilledInTheMiddleIsFinished(t *testing.T) {
	w := open(t, cluster.Up, false, "bellhop")
	const canary = "canary-of-the-killed-erasure"
	name := "Kara " + time.Now().Format("150405.000")
	kara := visitor.Arrive(t, visitor.Options{URL: w.URL, HTTP: http.DefaultClient, Reconnect: visitor.Stubborn, Identity: map[string]any{
		"id": name, "name": name, "email": canary + "@example.com",
	}})
	for range 40 {
		kara.Says(canary)
	}
	kara.SaysWithFile(canary, canary+".txt", "text/plain", bytes.Repeat([]byte(canary), 10_000))
	for _, p := range w.teams {
		if err := p.WaitFor(visitor.Within(t), func() bool { return strings.Contains(stillShown(p, name), canary+".txt") }); err != nil {
			t.Fatalf("%s: %v", p.Name(), err)
		}
	}
	if len(bustest.Holding(t, w.Dir(), canary)) == 0 {
		t.Fatal("the canary is nowhere, so nothing would be shown")
	}
	kara.Close()
	begun := time.Now()
	var erasure struct{ ErasureID string }
	w.api(t, http.MethodDelete, "/api/v1/visitors/"+kara.VisitorID(), &erasure)
	for _, after := range []time.Duration{0, 50, 200, 500, 1500} {
		visitor.Sleep(t.Context(), after*time.Millisecond)
		if err := w.kill(t.Context(), "bellhop", 0, 1); err != nil {
			t.Fatal(err)
		}
	}
	var report struct{ State string }
	for report.State != "done" && time.Since(begun) < erasedWithin {
		visitor.Sleep(t.Context(), 200*time.Millisecond)
		w.api(t, http.MethodGet, "/api/v1/erasures/"+erasure.ErasureID, &report)
	}
	left := bustest.Holding(t, w.Dir(), canary)
	t.Logf("five times killed with -9, the erasure is %s after %s", report.State, time.Since(begun).Round(time.Millisecond))
	if report.State != "done" || len(left) > 0 {
		t.Errorf("it is %s, and left are %v", report.State, left)
	}
	for _, p := range w.teams {
		if text := stillShown(p, name); text != "" {
			t.Errorf("%s still shows %q", p.Name(), text)
		}
	}
}

// stillShown is what a platform shows of a visitor, with the names of files.
func stillShown(p team.Platform, name string) string {
	var text strings.Builder
	for _, thread := range p.Threads(name) {
		for _, post := range p.Posts(thread.ID) {
			if post.Deleted {
				continue
			}
			text.WriteString(post.Text)
			for _, f := range post.Files {
				text.WriteString(" " + f.Name)
			}
		}
	}
	return text.String()
}

// api asks for something, again for as long as the service is away.
func (w *world) api(t *testing.T, method, path string, into any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), erasedWithin)
	defer cancel()
	for {
		err := w.ask(ctx, method, path, into)
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		visitor.Sleep(ctx, 100*time.Millisecond)
	}
}

func (w *world) ask(ctx context.Context, method, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, w.URL+path, http.NoBody)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+cluster.APIKey)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode >= 300 {
		return fmt.Errorf("answered %d", res.StatusCode)
	}
	return json.NewDecoder(res.Body).Decode(into)
}
