package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/stage"
)

// trioRates are the messages a second, of which each goes to three platforms.
var trioRates = []int{100, 500}

const (
	trioSeconds = 10
	// directSeconds is how long the yardstick calls.
	directSeconds = 5
	// trioArrival bounds the wait for what has not reached every platform yet.
	trioArrival = 30 * time.Second
)

// trio is the three simulated platforms as a run sees them.
type trio struct {
	*generator
	env []string
}

func openTrio(ctx context.Context) (*trio, error) {
	g, err := spawn(ctx, "stage", platforms{})
	if err != nil {
		return nil, err
	}
	t := &trio{generator: g}
	return t, json.Unmarshal([]byte(g.said), &t.env)
}

// order has the platforms do something, and reads the answer into a value; nil for none.
func (t *trio) order(order string, into any) error {
	if err := t.tell(order); err != nil {
		return fmt.Errorf("%s: %w", order, err)
	}
	line, err := t.line()
	if err != nil || into == nil {
		return err
	}
	if err := json.Unmarshal([]byte(line), into); err != nil {
		return fmt.Errorf("%s: %w", order, err)
	}
	return nil
}

// close ends the platforms. Whatever is left to say is of no interest any more.
func (t *trio) close() error { return t.end() }

// least is of how many messages the platform knows that knows the fewest.
func (t *trio) least() (int, error) {
	var counts map[string]int
	if err := t.order("count", &counts); err != nil {
		return 0, err
	}
	least := counts[stage.Telegram]
	for _, n := range counts {
		least = min(least, n)
	}
	return least, nil
}

// await waits until every platform was called for so many messages, for most at the longest, and answers for how many it was.
func (t *trio) await(want int, most time.Duration) (int, error) {
	deadline := time.Now().Add(most)
	for {
		n, err := t.least()
		if err != nil || n >= want || time.Now().After(deadline) {
			return n, err
		}
		time.Sleep(callsEvery)
	}
}

// called is how long after it was due each message was in a call, by platform.
func (t *trio) called(due []int64) (took map[string]Summary, missing map[string]int, err error) {
	if _, err := t.await(len(due), trioArrival); err != nil {
		return nil, nil, err
	}
	var calls map[string]map[int]int64
	if err := t.order("calls", &calls); err != nil {
		return nil, nil, err
	}
	took, missing = map[string]Summary{}, map[string]int{}
	for name, first := range calls {
		var all []time.Duration
		for n := range due {
			if at := first[n+firstNumber]; at != 0 {
				all = append(all, time.Duration(at-due[n]))
			}
		}
		took[name], missing[name] = summarize(all), len(due)-len(all)
	}
	return took, missing, nil
}

// openOn starts the all-in-one with the three platforms, which bring what people write to its webhooks as they would.
func (b *bench) openOn(ctx context.Context, name string, t *trio) (*site, error) {
	dir, err := b.place(name)
	if err != nil {
		return nil, err
	}
	s := &site{}
	settings := cluster.Settings{Durability: b.durability(), Webhook: true, Env: t.env}
	if s.Site, err = cluster.Up(ctx, b.Bin, dir, settings); err != nil {
		return nil, err
	}
	if err := t.order("connect "+s.WebhookURL, nil); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// platforms is how long after a visitor's POST was due each of three platforms is called, and what that costs.
func (b *bench) platforms(ctx context.Context) error {
	for _, rate := range trioRates {
		if err := b.platformsAt(ctx, rate); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) platformsAt(ctx context.Context, rate int) (err error) {
	t, err := openTrio(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	yardstick, err := b.straight(ctx, t, rate)
	if err != nil {
		return err
	}
	s, err := b.openOn(ctx, fmt.Sprintf("platforms-%d", rate), t)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	g, err := spawn(ctx, "stream", stream{
		Host: host(s.URL), PerSecond: rate, For: b.length(trioSeconds), Sessions: talkers, Word: "platforms", First: firstNumber, ReportSchedule: true,
	})
	if err != nil {
		return err
	}
	before, err := quiet(s) // the threads are open, and their cards posted
	if err != nil {
		return err
	}
	if err := t.order("forget", nil); err != nil {
		return err
	}
	result, _, err := measure[streamed](g)
	if err != nil {
		return err
	}
	took, missing, err := t.called(result.Due)
	if err != nil {
		return err
	}
	after, err := quiet(s)
	if err != nil {
		return err
	}
	b.tellCalled(rate, took, missing, yardstick)
	b.tell(fmt.Sprintf("the POST itself at %d/s, three platforms", rate), result.Latency.String(), fmt.Sprintf("%d refused", result.Failed))
	used, n := after.since(before).sum().Seconds(), float64(len(result.Due))
	b.tell(fmt.Sprintf("processor per message brought to three platforms, at %d/s", rate), fmt.Sprintf("%.2f ms", 1000*used/n),
		fmt.Sprintf("%.2f ms a delivery; two cores of their own would carry %.0f/s", 1000*used/n/float64(len(took)), 2*n/used))
	return nil
}

func (b *bench) tellCalled(rate int, took map[string]Summary, missing map[string]int, yardstick map[string]Summary) {
	for _, name := range stage.Names() {
		b.tell(fmt.Sprintf("POST → %s called, %d/s to three", name, rate), took[name].String(),
			fmt.Sprintf("%d missing; called directly, nothing stored: %s; p50 %.1f times that, p99 %.1f times", missing[name], yardstick[name],
				ratio(took[name].P50, yardstick[name].P50), ratio(took[name].P99, yardstick[name].P99)))
	}
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }

// straight is the yardstick: the same calls at the same rate, by a program that does nothing else.
func (b *bench) straight(ctx context.Context, t *trio, rate int) (map[string]Summary, error) {
	if err := t.order("forget", nil); err != nil {
		return nil, err
	}
	result, err := load[directed](ctx, "direct", direct{Env: t.env, PerSecond: rate, For: b.length(directSeconds), Threads: talkers})
	if err != nil {
		return nil, err
	}
	took, _, err := t.called(result.Due)
	return took, err
}
