package discord

import (
	"context"
	"sync"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/platform/discord/gateway"
)

// atOnce is how many events are handled beside each other.
const atOnce = 256

// shift is one holding of the gateway: events of one thread are handled one after another, those of different threads beside
// each other, and how far it has come is noted.
type shift struct {
	*Bot
	note   *note
	ledger *ledger
	places chan struct{} // of which every event that is handled takes one

	mu    sync.Mutex
	lanes map[string][]job
	work  sync.WaitGroup
}

// job is one event in a lane.
type job struct {
	entry *entry
	do    func(ctx context.Context) error
}

func (b *Bot) newShift(n *note, from mark) *shift {
	return &shift{Bot: b, note: n, ledger: &ledger{at: from}, places: make(chan struct{}, atOnce), lanes: map[string][]job{}}
}

// take is the gateway's handler: it returns as soon as there is room for more, because the mark knows what is handled.
func (s *shift) take(ctx context.Context, ev gateway.Event) error {
	plan := s.plan(ev)
	entry := s.ledger.begin(ev.Session, plan.message)
	if plan.do == nil {
		s.ledger.finish(entry)
		return nil
	}
	if plan.alone {
		return s.alone(ctx, job{entry, plan.do})
	}
	select {
	case s.places <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	s.enqueue(ctx, plan.lane, job{entry, plan.do})
	return nil
}

// alone does what must come after everything before and before everything after.
func (s *shift) alone(ctx context.Context, j job) error {
	for range atOnce {
		select {
		case s.places <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer func() {
		for range atOnce {
			<-s.places
		}
	}()
	if err := j.do(ctx); err != nil {
		return err
	}
	s.ledger.finish(j.entry)
	return nil
}

// enqueue adds a job to its lane, which is worked off by one goroutine as long as there is something in it.
func (s *shift) enqueue(ctx context.Context, lane string, j job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting, running := s.lanes[lane]
	s.lanes[lane] = append(waiting, j)
	if !running {
		s.work.Go(func() { s.run(ctx, lane) })
	}
}

func (s *shift) run(ctx context.Context, lane string) {
	for {
		s.mu.Lock()
		waiting := s.lanes[lane]
		if len(waiting) == 0 {
			delete(s.lanes, lane)
			s.mu.Unlock()
			return
		}
		j := waiting[0]
		s.lanes[lane] = waiting[1:]
		s.mu.Unlock()
		if err := j.do(ctx); err == nil { // else ctx has ended, and it comes again
			s.ledger.finish(j.entry)
		}
		<-s.places
	}
}

// keep writes the mark until ctx ends, and then once more, after the work has ended.
func (s *shift) keep(ctx context.Context) {
	for sleep(ctx, saveEvery) {
		s.save(ctx)
	}
	s.work.Wait()
	s.save(context.WithoutCancel(ctx))
}

// save writes the mark if it has moved, and tells whether nothing is left to be written.
func (s *shift) save(ctx context.Context) bool {
	at, changed := s.ledger.due()
	if !changed || s.note.save(ctx, at) {
		return true
	}
	s.ledger.owe()
	return false
}

// skip is for what can't be read: it must not hold back what comes after it.
func (s *shift) skip(what string, err error) plan {
	s.metrics.Count(resultPoison)
	s.log.Error("event cannot be read and is skipped", zap.String("event", what), zap.Error(err))
	return plan{}
}
