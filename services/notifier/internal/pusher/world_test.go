package pusher

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/hook"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/webhook"
)

// world is a bus, and an app whose webhooks are told.
type world struct {
	*testing.T
	bus   *bus.Bus
	hooks *bus.Hooks
	clock *fakeClock
	// within is how long an attempt may take.
	within  time.Duration
	metrics *prometheus.Registry
	sent    int
}

const appID, key, secret = "shop.1", "278d425bdf160c739803", "7ad3773142a6692b25b8"

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{T: t, bus: bustest.New(t), clock: newFakeClock(), within: webhook.CallTimeout, metrics: prometheus.NewRegistry()}
	var err error
	if w.hooks, err = w.bus.OpenHooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) config(urls ...string) Config {
	return Config{AppID: appID, Key: key, Secret: secret, URLs: urls}
}

// serve serves receivers until the returned function is called, or the test ends.
func (w *world) serve(cfg Config, private bool) (stop func()) {
	w.Helper()
	if err := cfg.Validate(); err != nil {
		w.Fatal(err)
	}
	w.metrics = prometheus.NewRegistry()
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	for _, r := range Receivers(id.Default, cfg, private) {
		r.poster = webhook.NewPoster(r.endpoint.URL, private, w.within)
		metrics, err := NewMetrics(w.metrics, r.Name)
		if err != nil {
			w.Fatal(err)
		}
		serving.Go(func() {
			defer r.Disconnect()
			if err := Serve(ctx, w.bus, Options{Receiver: r, Log: zap.NewNop(), Metrics: metrics, Clock: w.clock}, "test"); err != nil {
				w.Error(err)
			}
		})
	}
	stop = func() {
		cancel()
		serving.Wait()
	}
	w.Cleanup(stop)
	return stop
}

// happens puts events on the bus, in one message, and answers how they are told.
func (w *world) happens(events ...hook.Event) (texts []string) {
	w.Helper()
	return w.happensIn(appID, events...)
}

func (w *world) happensIn(app string, events ...hook.Event) (texts []string) {
	w.Helper()
	w.sent++
	if err := w.hooks.Put(w.Context(), bus.HookApp{Project: id.Default, App: app}, id.Everyone, fmt.Sprint(w.sent), hook.Encode(events)); err != nil {
		w.Fatal(err)
	}
	for _, e := range events {
		texts = append(texts, e.Name+" "+e.Channel)
	}
	return texts
}

func occupied(channel string) hook.Event { return hook.Event{Name: hook.Occupied, Channel: channel} }

// occupy puts so many messages of one event each on the bus.
func (w *world) occupy(n int) (texts []string) {
	w.Helper()
	for range n {
		texts = append(texts, w.happens(occupied(fmt.Sprint("c", w.sent)))...)
	}
	return texts
}

// dropped is how many events were given up, of all addresses that are served.
func (w *world) dropped() int { return w.counted("bellhop_pusher_webhook_dropped_total", "") }

// refused is how many attempts have failed for a reason.
func (w *world) refused(why webhook.Reason) int {
	return w.counted("bellhop_pusher_webhook_failed_total", string(why))
}

func (w *world) counted(name, reason string) (n int) {
	w.Helper()
	families, err := w.metrics.Gather()
	if err != nil {
		w.Fatal(err)
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			labels := fmt.Sprint(m.GetLabel())
			if family.GetName() == name && (reason == "" || strings.Contains(labels, strconv.Quote(reason))) {
				n += int(m.GetCounter().GetValue())
			}
		}
	}
	return n
}
