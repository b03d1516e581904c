package announce

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/hook"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

const (
	// poll is how often it is looked whether something is due, or was left by another replica.
	poll = 500 * time.Millisecond
	// again is the pause after something went wrong.
	again = time.Second
)

// Announcer tells. Run does it.
type Announcer struct {
	store   occupancy.Store
	bus     *bus.Bus
	hooks   *bus.Hooks // opened when there is something to tell
	log     *zap.Logger
	metrics *metrics
	wake    chan struct{}
	poll    time.Duration
}

// New makes an announcer, with metrics in a registry.
func New(store occupancy.Store, b *bus.Bus, log *zap.Logger, registry prometheus.Registerer) (*Announcer, error) {
	m, err := newMetrics(registry)
	if err != nil {
		return nil, err
	}
	return &Announcer{store: store, bus: b, log: log, metrics: m, wake: make(chan struct{}, 1), poll: poll}, nil
}

// Wake says that there may be something to tell. It never waits.
func (a *Announcer) Wake() {
	select {
	case a.wake <- struct{}{}:
	default: // it is awake
	}
}

// Run tells until ctx ends.
func (a *Announcer) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		more, err := a.tell(ctx)
		wait, wake := a.poll, a.wake
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			a.log.Warn("webhooks are not told of channels", zap.Error(err), zap.Duration("again_in", again))
			wait, wake = again, nil // what others do does not mend it
		case more:
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-wake:
		}
		timer.Stop()
	}
	return nil
}

// tell tells what there is, and whether there may be more.
func (a *Announcer) tell(ctx context.Context) (more bool, err error) {
	all, err := a.store.News(ctx)
	for _, news := range all {
		if news.Lost > 0 {
			a.metrics.lost.Add(float64(news.Lost))
			a.log.Error("too much waited to be told to webhooks: the oldest was dropped", zap.String("app", news.App), zap.Uint64("batches", news.Lost))
		}
		n, failed := a.publish(ctx, news)
		if n > 0 {
			if err := a.store.Told(ctx, news, n); err != nil {
				return false, err
			}
		}
		if failed != nil {
			return false, failed
		}
		more = true
	}
	return more, err
}

// publish stores the batches of an app one after another, and answers how many.
func (a *Announcer) publish(ctx context.Context, news occupancy.News) (n int, err error) {
	if a.hooks == nil {
		if a.hooks, err = a.bus.OpenHooks(ctx); err != nil {
			return 0, err
		}
	}
	project, err := id.ParseProject(news.Project)
	if err != nil {
		return 0, fmt.Errorf("project of app %q: %w", news.App, err)
	}
	to := bus.HookApp{Project: project, App: news.App}
	for i, batch := range news.Batches {
		for n, run := range runsOf(eventsOf(batch)) {
			switch err := a.hooks.Put(ctx, to, hook.Session(run[0].Channel), runID(news, i, n), hook.Encode(run)); {
			case errors.Is(err, bus.ErrTooLarge): // or it would be the last that is ever tried
				a.metrics.lost.Inc()
				a.log.Error("webhooks cannot be told", zap.String("app", news.App), zap.Error(err))
			case err != nil:
				return i, err
			default:
				a.metrics.told.Add(float64(len(run)))
			}
		}
	}
	return len(news.Batches), nil
}

// runsOf divides a batch, in its order: what happened in the channel of one chat session stands by itself, so that it can be erased.
func runsOf(batch []hook.Event) (runs [][]hook.Event) {
	begin := 0
	for i := range batch {
		if i > begin && hook.Session(batch[i].Channel) != hook.Session(batch[begin].Channel) {
			runs, begin = append(runs, batch[begin:i]), i
		}
	}
	return append(runs, batch[begin:])
}

// runID is no other run's, of no other batch.
func runID(news occupancy.News, batch, run int) string {
	return id.Token(news.App) + ":" + strconv.FormatUint(news.Began, 36) + ":" + strconv.FormatUint(news.First+uint64(batch), 10) + ":" + strconv.Itoa(run)
}

// names are what Pusher calls what happens.
var names = map[occupancy.Happening]string{
	occupancy.Occupied: hook.Occupied, occupancy.Vacated: hook.Vacated, occupancy.Added: hook.MemberAdded,
	occupancy.Removed: hook.MemberRemoved, occupancy.Counted: hook.Count,
}

func eventsOf(batch []occupancy.Hook) []hook.Event {
	events := make([]hook.Event, len(batch))
	for i, h := range batch {
		events[i] = hook.Event{Name: names[h.What], Channel: h.Channel, User: h.User}
		if h.What == occupancy.Counted {
			events[i].Sockets = &batch[i].Sockets
		}
	}
	return events
}
