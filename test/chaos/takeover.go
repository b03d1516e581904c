package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/test/stage"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

const (
	// senders and receivers begin the names of the leases of which one process each has all: who sends for a bot, and who
	// receives.
	senders, receivers = "notifier.", "inbound-"
	// underWay is how long after its death something of a process may still arrive that it had sent.
	underWay = 100 * time.Millisecond
)

// takeover watches a site in which a service runs twice, from the bus and from the platforms.
type takeover struct {
	*world
	bus *bus.Bus

	mu     sync.Mutex
	heard  map[string]time.Time // when an operator's words were stored, by the words
	ending func()
	done   sync.WaitGroup
}

// watchTakeover doubles both services that have leases, after the first ones have taken all of them.
func watchTakeover(ctx context.Context, w *world) (*takeover, error) {
	ctx = context.WithoutCancel(ctx)
	o := &takeover{world: w, heard: map[string]time.Time{}}
	var err error
	if o.bus, err = bus.Connect(ctx, bus.Config{URL: w.NATSURL, Name: "observer", Join: true}); err != nil {
		return nil, err
	}
	following, stop := context.WithCancel(ctx)
	o.ending = stop
	ready := make(chan struct{})
	failed := make(chan error, 1)
	o.done.Go(func() {
		failed <- o.bus.Follow(following, bus.FollowSpec{OnEvent: o.hear, OnReady: func() { close(ready) }})
	})
	select {
	case <-ready:
	case err := <-failed:
		return nil, errors.Join(err, o.close())
	}
	for prefix, service := range map[string]string{senders: "notifier", receivers: "inbound"} {
		if _, err := o.holder(ctx, prefix); err != nil {
			return nil, errors.Join(err, o.close())
		}
		if _, err := w.Double(ctx, service); err != nil {
			return nil, errors.Join(err, o.close())
		}
	}
	return o, nil
}

func (o *takeover) close() error {
	o.ending()
	o.done.Wait()
	o.bus.Close()
	return nil
}

// hear notes when an operator's words were stored.
func (o *takeover) hear(live bus.Live) {
	if live.Type != bus.MessageCreated {
		return
	}
	ev, err := live.Event()
	if err != nil {
		return // the checker finds what is missing
	}
	if data, ok := ev.Data.(*eventv1.MessageCreated); ok && data.GetMessage().GetSender() == "operator" {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.heard[data.GetMessage().GetContent()] = time.Now()
	}
}

// holder waits until one living process has the leases of all platforms that begin with a prefix, and answers its name.
func (o *takeover) holder(ctx context.Context, prefix string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	for {
		found, err := o.bus.Holders(ctx)
		if name := o.all(found, prefix); name != "" {
			return name, nil
		}
		if !visitor.Sleep(ctx, look) {
			return "", fmt.Errorf("nobody has all leases of %s: %v: %w", prefix, found, errors.Join(err, ctx.Err()))
		}
	}
}

// all is the process that has a lease for each platform; empty for none.
func (o *takeover) all(found map[string]bus.Holder, prefix string) string {
	here, _ := os.Hostname() // the same as what the processes found, whatever it is
	pids := map[int]int{}
	for name, holder := range found {
		if strings.HasPrefix(name, prefix) && holder.Host == here {
			pids[holder.PID]++
		}
	}
	for _, name := range o.Names() {
		if pids[o.PID(name)] == len(stage.Names()) {
			return name
		}
	}
	return ""
}

// moment is when processes were killed, and how much each platform was called for by then.
type moment struct {
	victims []string
	at      time.Time
	calls   map[string]int64
}

// strike kills the processes that have the leases of some prefixes.
func (o *takeover) strike(ctx context.Context, prefixes ...string) (*moment, error) {
	m := &moment{calls: map[string]int64{}}
	for _, prefix := range prefixes {
		victim, err := o.holder(ctx, prefix)
		if err != nil {
			return nil, err
		}
		m.victims = append(m.victims, victim)
	}
	for _, victim := range m.victims {
		if err := o.Kill9(victim); err != nil {
			return nil, err
		}
	}
	m.at = time.Now()
	for _, name := range stage.Names() {
		for _, call := range o.stage.Posts(name, 0) {
			m.calls[name] = call.Seq
		}
	}
	return m, nil
}

// delivered is how long after its killing each platform was first called by another; -1 for never.
func (o *takeover) delivered(m *moment) map[string]time.Duration {
	took := map[string]time.Duration{}
	for _, name := range stage.Names() {
		took[name] = -1
		calls := o.stage.Posts(name, m.calls[name])
		if i := slices.IndexFunc(calls, func(c stage.Call) bool { return c.At.Sub(m.at) > underWay }); i >= 0 {
			took[name] = calls[i].At.Sub(m.at)
		}
	}
	return took
}

// received is how long after its killing the first words of an operator were stored that were written afterwards, by platform; -1
// for never.
func (o *takeover) received(m *moment, c *crowd) map[string]time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	took := map[string]time.Duration{}
	for _, name := range stage.Names() {
		took[name] = -1
	}
	for _, v := range c.visitors {
		for _, a := range v.answered {
			at, heard := o.heard[a.content]
			if !heard || a.at.Before(m.at) {
				continue
			}
			if d := at.Sub(m.at); took[a.on] < 0 || d < took[a.on] {
				took[a.on] = d
			}
		}
	}
	return took
}
