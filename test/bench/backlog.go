package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bellhop-chat/bellhop/test/stage"
)

const (
	// Backlog is how many messages are undelivered on each platform unless told otherwise, backlogEach of a conversation.
	Backlog, backlogEach = 100_000, 100
	// backlogFlood bounds the making of it.
	backlogFlood = 5 * time.Minute
	// backlogDrain bounds the watching of how it is worked off, unless the run is a patient one.
	backlogDrain, patientDrain = 3 * time.Minute, 30 * time.Minute
	// backlogStraight is how long the yardstick calls as fast as it can.
	backlogStraight = 4
)

// backlog is what the all-in-one's memory holds while nothing can be delivered, and how long it takes afterwards.
func (b *bench) backlog(ctx context.Context) (err error) {
	messages := cmp.Or(b.Backlog, Backlog)
	if b.Brief {
		messages = 1000
	}
	t, err := openTrio(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	yardstick, err := load[directed](ctx, "direct", direct{Env: t.env, For: b.length(backlogStraight), Threads: talkers})
	if err != nil {
		return err
	}
	s, err := b.openOn(ctx, "backlog", t)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	g, err := spawn(ctx, "flood", flood{Host: host(s.URL), Connections: connections, Sessions: max(messages/backlogEach, 1), For: backlogFlood, Most: messages})
	if err != nil {
		return err
	}
	if _, err := quiet(s); err != nil { // the threads are open
		return err
	}
	base, err := settled(s)
	if err != nil {
		return err
	}
	accepted, err := b.pileUp(t, s, g, base)
	if err != nil {
		return err
	}
	d, err := b.drain(t, s, accepted)
	if err == nil {
		b.tellDrained(d, base, yardstick)
	}
	return err
}

// pileUp lets visitors write while the platforms hang, and then refuse. It answers how many messages were accepted.
func (b *bench) pileUp(t *trio, s *site, g *generator, base int64) (accepted int, err error) {
	if err := errors.Join(t.order("forget", nil), t.order("disturb "+string(stage.Hanging), nil)); err != nil {
		return 0, err
	}
	watch := watchMemory(s)
	result, _, err := measure[flooded](g)
	if err != nil {
		return 0, errors.Join(err, watch.stop())
	}
	b.tell("POST /message while three platforms hang", fmt.Sprintf("%.0f/s", result.rate()),
		fmt.Sprintf("%s; %d connections, %d accepted, %d refused", result.Latency, connections, result.Accepted, result.Refused))
	if err := b.tellMemory(fmt.Sprintf("%d undelivered, three platforms hang", result.Accepted), s, watch, base, result.Accepted); err != nil {
		return 0, err
	}
	if err := errors.Join(t.order("calm", nil), t.order("disturb "+string(stage.Refusing), nil)); err != nil {
		return 0, err
	}
	watch = watchMemory(s)
	time.Sleep(b.length(20)) // lanes that were hanging come back and are refused
	return result.Accepted, b.tellMemory(fmt.Sprintf("%d undelivered, three platforms answer 503", result.Accepted), s, watch, base, result.Accepted)
}

// tellMemory ends a watch, and tells its peak and what is left once garbage is collected.
func (b *bench) tellMemory(what string, s *site, watch *memoryWatch, base int64, messages int) error {
	least, err := settled(s)
	if err := errors.Join(err, watch.stop()); err != nil {
		return err
	}
	b.tell("resident memory, "+what, fmt.Sprintf("%d MiB", least>>20),
		fmt.Sprintf("%d MiB at its peak, %d MiB before; %s a message", watch.peak>>20, base>>20, kib(least-base, messages)))
	return nil
}

// drained is what became of a backlog while it was watched.
type drained struct {
	messages, arrived int // on the platform that is the last
	first, took       time.Duration
	used              time.Duration // of the processor
	peak              int64
}

// drain lets the platforms work again, and watches.
func (b *bench) drain(t *trio, s *site, messages int) (d drained, err error) {
	d.messages = messages
	before, err := cpu(s.Site)
	if err != nil {
		return d, err
	}
	watch := watchMemory(s)
	defer func() {
		err = errors.Join(err, watch.stop())
		d.peak = watch.peak
	}()
	begun := time.Now()
	if err := t.order("calm", nil); err != nil {
		return d, err
	}
	most := backlogDrain
	if b.Patient {
		most = patientDrain
	}
	if _, err := t.await(1, most); err != nil {
		return d, err
	}
	d.first = time.Since(begun)
	if d.arrived, err = t.await(messages, most-d.first); err != nil {
		return d, err
	}
	d.took = time.Since(begun)
	after, err := cpu(s.Site)
	d.used = after.since(before).sum()
	return d, err
}

func (b *bench) tellDrained(d drained, base int64, yardstick directed) {
	deliveries := float64(d.arrived * len(stage.Names()))
	rate, straight := deliveries/d.took.Seconds(), float64(yardstick.Calls)/yardstick.Took.Seconds()
	figure := "in " + short(d.took)
	if d.arrived < d.messages {
		figure = fmt.Sprintf("%d of them in %s", d.arrived, short(d.took))
	}
	b.tell(fmt.Sprintf("a backlog of %d drains to three platforms", d.messages), figure,
		fmt.Sprintf("the first call after %s; %.0f deliveries/s, %.0f %% of the %.0f calls/s of a program that calls directly and stores nothing",
			short(d.first), rate, 100*rate/straight, straight))
	b.tell("resident memory while it drains, at its peak", fmt.Sprintf("%d MiB", d.peak>>20),
		fmt.Sprintf("%d MiB before the backlog; %.2f ms of processor time a delivery", base>>20, 1000*d.used.Seconds()/deliveries))
}

// memoryWatch looks how much memory a site takes, until it is stopped.
type memoryWatch struct {
	peak int64
	err  error
	end  chan struct{}
	done sync.WaitGroup
}

func watchMemory(s *site) *memoryWatch {
	w := &memoryWatch{end: make(chan struct{})}
	w.done.Go(func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for w.err == nil {
			var now int64
			now, w.err = resident(s.PID("bellhop"))
			w.peak = max(w.peak, now)
			select {
			case <-tick.C:
			case <-w.end:
				return
			}
		}
	})
	return w
}

// stop ends the watch; then the peak can be read.
func (w *memoryWatch) stop() error {
	close(w.end)
	w.done.Wait()
	return w.err
}
