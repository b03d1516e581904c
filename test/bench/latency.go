package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

const (
	deliveryRate, deliverySeconds = 200, 10
	outageRate, outageSeconds     = 100, 8
	replyRate, replySeconds       = 100, 10
	// talkers is how many conversations a steady rate is spread over.
	talkers = 200
)

func (b *bench) durability() string {
	if b.Durability == "" {
		return "safe"
	}
	return b.Durability
}

// delivery is how long after a visitor's POST was due the platform's API is called.
func (b *bench) delivery(ctx context.Context) (err error) {
	s, err := b.open(ctx, "delivery", b.durability(), true, cluster.Up)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	result, err := load[streamed](ctx, "stream", stream{
		Host: host(s.URL), PerSecond: deliveryRate, For: b.length(deliverySeconds), Sessions: talkers, Word: "delivery", ReportSchedule: true,
	})
	if err != nil {
		return err
	}
	summary, missing, err := b.calledAll(s.bot.URL, result.Due)
	if err != nil {
		return err
	}
	b.tell(fmt.Sprintf("POST → sendMessage at %d/s", deliveryRate), summary.String(), fmt.Sprintf("%d missing; the POST itself: %s", missing, result.Latency))
	return nil
}

// calledAll asks the simulator until it has seen everything, for ten seconds at most.
func (b *bench) calledAll(simulator string, due []int64) (summary Summary, missing int, err error) {
	deadline := time.Now().Add(10 * time.Second)
	for {
		summary, missing, err = called(simulator, due)
		if err != nil || missing == 0 || time.Now().After(deadline) {
			return summary, missing, err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// outage is what a POST takes while the platform is well, slow, refusing, hanging, and away.
func (b *bench) outage(ctx context.Context) (err error) {
	s, err := b.open(ctx, "outage", b.durability(), true, cluster.Up)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	fault := func(f map[string]any) func() error {
		return func() error { return order(s.bot.URL+"/_sim/fault", f) }
	}
	states := []struct {
		name  string
		begin func() error
	}{
		{"well", func() error { return nil }},
		{"50 ms slow", fault(map[string]any{"latencyNs": 50 * time.Millisecond})},
		{"answering 429", fault(map[string]any{"status": http.StatusTooManyRequests, "retryAfter": 5})},
		{"hanging", fault(map[string]any{"hang": true})},
		{"down", func() error { return s.sim.Kill9("sim") }},
	}
	for i, state := range states {
		if err := state.begin(); err != nil {
			return err
		}
		result, err := load[streamed](ctx, "stream", stream{
			Host: host(s.URL), PerSecond: outageRate, For: b.length(outageSeconds), Sessions: talkers / 4, Word: fmt.Sprintf("outage%d", i),
		})
		if err != nil {
			return err
		}
		b.tell(fmt.Sprintf("POST at %d/s, Telegram %s", outageRate, state.name), result.Latency.String(), fmt.Sprintf("%d refused", result.Failed))
		if state.name != "down" {
			if err := order(s.bot.URL+"/_sim/fault/clear", struct{}{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// replies is how long after it was due an operator's update comes out of the visitor's socket.
func (b *bench) replies(ctx context.Context) (err error) {
	s, err := b.open(ctx, "reply", b.durability(), true, cluster.Up)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	result, err := load[replied](ctx, "reply", reply{
		Host: host(s.URL), Webhook: host(s.WebhookURL), Secret: cluster.WebhookSecret, Simulator: s.bot.URL, Chat: s.bot.Chat,
		PerSecond: replyRate, For: b.length(replySeconds), Sessions: talkers / 2,
	})
	if err != nil {
		return err
	}
	b.tell(fmt.Sprintf("operator's webhook → visitor's socket at %d/s", replyRate), result.Latency.String(), fmt.Sprintf("%d missing", result.Missing))
	return nil
}
