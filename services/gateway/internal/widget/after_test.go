package widget

import (
	"testing"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

func TestAfterIsAHintThatNeverHidesWhatIsRecent(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for after, want := range map[string]time.Time{
		"2026-01-02T03:00:00.500Z":      now.Add(-4*time.Minute - 4500*time.Millisecond - intake.Margin),
		"2026-01-02T03:04:05Z":          now.Add(-intake.Margin),
		"2026-01-02T03:04:05.001Z":      now.Add(-intake.Fallback - intake.Margin),
		"9999-12-31T23:59:59.999Z":      now.Add(-intake.Fallback - intake.Margin),
		"2026-01-02T05:00:00.500+02:00": now.Add(-4*time.Minute - 4500*time.Millisecond - intake.Margin),
		"0000-01-01T00:00:00Z":          time.Unix(0, 0),
	} {
		var req sessionsv1.HistoryRequest
		setAfter(&req, after, now)
		if got := req.GetChangedSince().AsTime(); req.GetChangedSince() == nil || !got.Equal(want) {
			t.Errorf("%s: since %s, want %s", after, got, want)
		}
	}
}

func FuzzAfter(f *testing.F) {
	for _, seed := range []string{"", "m1", "2026-01-02T03:04:05.678Z", "0000-01-01T00:00:00Z", "\xff", "9999-12-31T23:59:59-23:59", "temp-1", "2026-01-02"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, after string) {
		var req sessionsv1.HistoryRequest
		now := time.Now()
		setAfter(&req, after, now)
		if since := req.GetChangedSince(); since != nil && (since.CheckValid() != nil || since.AsTime().After(now)) {
			t.Errorf("%q: since %s", after, since.AsTime())
		}
		if got := req.GetMessageId(); got != "" && got != after {
			t.Errorf("%q became %q", after, got)
		}
	})
}

func FuzzPageSize(f *testing.F) {
	f.Add("50")
	f.Fuzz(func(t *testing.T, raw string) {
		if n := pageSize(raw); n < 1 || n > maxPage {
			t.Errorf("%q is %d", raw, n)
		}
	})
}
