package condition

import (
	"context"
	"testing"
	"time"

	"go.uber.org/zap/zaptest"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func TestMain(m *testing.M) { bustest.VerifyTestMain(m) }

func open(t *testing.T) *bus.Bus {
	t.Helper()
	return bustest.Connect(t, bus.Config{InProcess: bustest.ServerIn(t, t.TempDir()), Name: t.Name()})
}

// tell runs a board for as long as it takes to tell.
func tell(t *testing.T, notes *bus.Notebook, told func(*Board)) {
	t.Helper()
	board := NewBoard(notes, "notifier", zaptest.NewLogger(t))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- board.Run(ctx) }()
	told(board)
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestAConditionIsKnownToOthersAndOutlivesItsTeller(t *testing.T) {
	notes := open(t).Notebook()
	tell(t, notes, func(b *Board) {
		b.Tell("slack", "token_revoked")
		b.Tell("telegram", "")
	})
	all, err := List(t.Context(), notes)
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %v", all, err)
	}
	slack, telegram := all[0], all[1]
	if slack.Platform != "slack" || slack.Part != "notifier" || slack.OK() || slack.Problem != "token_revoked" || time.Since(slack.Since) > time.Minute {
		t.Errorf("%+v", slack)
	}
	if telegram.Platform != "telegram" || !telegram.OK() {
		t.Errorf("%+v", telegram)
	}
	tell(t, notes, func(b *Board) { b.Tell("slack", "token_revoked") })
	if again, err := List(t.Context(), notes); err != nil || !again[0].Since.Equal(slack.Since) {
		t.Errorf("since is %v, want %v (%v)", again, slack.Since, err)
	}
	tell(t, notes, func(b *Board) { b.Tell("slack", "") })
	if well, err := List(t.Context(), notes); err != nil || !well[0].OK() {
		t.Errorf("%v, %v", well, err)
	}
}

func TestTheNewestConditionCounts(t *testing.T) {
	notes := open(t).Notebook()
	tell(t, notes, func(b *Board) {
		for range 50 {
			b.Tell("discord", "away")
			b.Tell("discord", "")
		}
	})
	if all, err := List(t.Context(), notes); err != nil || len(all) != 1 || !all[0].OK() {
		t.Errorf("%v, %v", all, err)
	}
}

func TestAConditionIsOfOneProject(t *testing.T) {
	notes := open(t).Notebook()
	tell(t, notes, func(b *Board) { b.For(id.Default).Tell("slack", "") })
	tell(t, notes, func(b *Board) { b.For("shop").Tell("slack", "token_revoked") })
	all, err := List(t.Context(), notes)
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %v", all, err)
	}
	for _, c := range all {
		if c.Of(id.Default) == c.Of("shop") || c.OK() != c.Of(id.Default) {
			t.Errorf("%+v", c)
		}
	}
}
