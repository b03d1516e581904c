package gateway

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/condition"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func TestHealthTellsWhatIsWrongWithAPlatform(t *testing.T) {
	b := bustest.Connect(t, bus.Config{InProcess: bustest.ServerIn(t, t.TempDir()), Name: t.Name()})
	h := &health{project: id.Default, bridges: []string{"slack"}, notes: b.Notebook(), log: zap.NewNop()}
	ask := func() string {
		w := httptest.NewRecorder()
		h.asked = time.Time{} // what was known is old
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/health", nil))
		if w.Code != 200 || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return strings.TrimSpace(w.Body.String())
	}
	if got := ask(); got != `{"status":"ok","bridges":["slack"]}` {
		t.Error(got)
	}
	tell := func(problem string) {
		board := condition.NewBoard(b.Notebook(), "notifier", zap.NewNop())
		board.Tell("slack", problem)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := board.Run(ctx); err != nil {
			t.Fatal(err)
		}
	}
	tell("token_revoked")
	if got := ask(); !strings.Contains(got, `"problems":[{"platform":"slack","part":"notifier","problem":"token_revoked","since":"`) {
		t.Error(got)
	}
	tell("")
	if got := ask(); strings.Contains(got, "problems") {
		t.Error(got)
	}
	b.Close()
	if got := ask(); !strings.HasPrefix(got, `{"status":"ok"`) {
		t.Error(got)
	}
}
