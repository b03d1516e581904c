package deliver

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

// named is a platform of which nothing is wanted but its name.
type named struct{ Platform }

func (named) Name() string { return "test" }

// lasting is how long a call that waits for its end is allowed to take, if what it was made for ends after a while.
func lasting(t *testing.T, within, ends time.Duration) time.Duration {
	t.Helper()
	var took time.Duration
	synctest.Test(t, func(t *testing.T) {
		metrics, err := NewMetrics(prometheus.NewRegistry(), "test")
		if err != nil {
			t.Fatal(err)
		}
		w := &work{Engine: &Engine{Config: Config{Metrics: metrics, Platform: named{}}}}
		permit, err := pace.New(pace.Limits{}).Acquire(t.Context(), "chat", pace.Visitor, 1)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		defer time.AfterFunc(ends, cancel).Stop()
		began := time.Now()
		_ = w.callWithin(ctx, permit, "post", Call{Within: within}, func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		took = time.Since(began)
	})
	return took
}

func TestCallWithFilesMayTakeItsTimeButNotWhenTheProcessEnds(t *testing.T) {
	for _, c := range []struct{ within, ends, want time.Duration }{
		{0, time.Hour, callTimeout},
		{0, time.Second, callTimeout},
		{time.Minute, time.Hour, time.Minute},
		{time.Minute, 5 * time.Second, 5*time.Second + callTimeout},
		{time.Minute, 55 * time.Second, time.Minute},
	} {
		if got := lasting(t, c.within, c.ends); got != c.want {
			t.Errorf("within %v, ending after %v: %v, want %v", c.within, c.ends, got, c.want)
		}
	}
}
