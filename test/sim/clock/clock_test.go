package clock_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestManualClockStandsStillUntilAdvanced(t *testing.T) {
	start := time.Unix(1795000000, 0)
	c := clock.Manual(start)
	timer := c.NewTimer(time.Minute)
	c.Advance(59 * time.Second)
	select {
	case <-timer.C:
		t.Fatal("the timer fired a second early")
	default:
	}
	c.Advance(time.Second)
	select {
	case <-timer.C:
	default:
		t.Fatal("the timer did not fire when due")
	}
	if got := c.Now(); !got.Equal(start.Add(time.Minute)) {
		t.Fatalf("now = %v", got)
	}
}

func TestRealClockCanBePushedForward(t *testing.T) {
	c := clock.Real()
	timer := c.NewTimer(24 * time.Hour)
	c.Advance(24 * time.Hour)
	select {
	case <-timer.C:
	default:
		t.Fatal("advance did not fire the timer")
	}
	if ahead := time.Until(c.Now()); ahead < 23*time.Hour {
		t.Fatalf("the clock is only %v ahead", ahead)
	}
}

func TestRealClockFiresByItself(t *testing.T) {
	c := clock.Real()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := c.Sleep(ctx, time.Millisecond); err != nil {
		t.Fatal(err)
	}
}

func TestStoppedTimerStaysSilent(t *testing.T) {
	c := clock.Manual(time.Unix(0, 0))
	timer := c.NewTimer(time.Second)
	timer.Stop()
	c.Advance(time.Hour)
	select {
	case <-timer.C:
		t.Fatal("a stopped timer fired")
	default:
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	c := clock.Manual(time.Unix(0, 0))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- c.Sleep(ctx, time.Hour) }()
	if err := c.AwaitTimers(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatalf("err = %v", err)
	}
}
