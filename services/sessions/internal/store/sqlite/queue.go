package sqlite

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// queue holds the changes that wait for the writer. The parts of the bus commit beside each other: while one transaction is
// under way the others gather here, and whoever gets the turn next takes them all along. A transaction costs about as much
// for sixteen changes as for one.
type queue struct {
	mu      sync.Mutex
	waiting []*commit
}

// commit is a change on its way.
type commit struct {
	change store.Change
	done   chan error
}

func (q *queue) join(change store.Change) *commit {
	c := &commit{change: change, done: make(chan error, 1)}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, c)
	return c
}

func (q *queue) takeAll() []*commit {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := q.waiting
	q.waiting = nil
	return all
}

// commitTimeout bounds one transaction. It is nobody's context in particular: the changes of others are in it.
const commitTimeout = 30 * time.Second

// Commit writes a change, all of it or nothing, together with whatever else waits. When ctx ends first the change may still
// be written.
func (s *Store) Commit(ctx context.Context, change store.Change) error {
	err := ctx.Err()
	if err != nil {
		return fmt.Errorf("commit part %s to %d: %w", change.Part, change.Through, err)
	}
	c := s.queue.join(change)
	select {
	case err = <-c.done: // somebody took it along
	case s.turn <- struct{}{}:
		s.commitAll(ctx)
		s.passTurn()
		err = <-c.done
	case <-ctx.Done():
		err = fmt.Errorf("wait for the writer: %w", ctx.Err())
	}
	if err != nil {
		return fmt.Errorf("commit part %s to %d: %w", change.Part, change.Through, err)
	}
	return nil
}

// commitAll writes everything that waits. The caller holds the turn.
func (s *Store) commitAll(ctx context.Context) {
	commits := s.queue.takeAll()
	if len(commits) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	changes := make([]store.Change, len(commits))
	for i, c := range commits {
		changes[i] = c.change
	}
	verdicts, err := s.put(ctx, changes)
	for i, c := range commits {
		if err != nil {
			c.done <- err
			continue
		}
		c.done <- verdicts[i]
	}
}
