package webhook

import (
	"sync"
	"time"
)

// queue knows which sessions wait, and hands out those whose time has come.
type queue struct {
	clock Clock
	// ready has a token for each line that became due, as far as there is somebody to take it.
	ready chan struct{}

	mu     sync.Mutex
	lines  map[lineKey]*line
	due    []*line
	closed bool
}

func newQueue(clock Clock) *queue {
	return &queue{clock: clock, ready: make(chan struct{}, retriers), lines: map[lineKey]*line{}}
}

func (q *queue) get(k lineKey) *line {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.lines[k]
}

// add takes in a line that waits from now on. It is at rest until it is scheduled.
func (q *queue) add(l *line) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l.busy, l.since = true, l.note.Since
	q.lines[l.key] = l
}

// rest puts a line aside until an instant. early says that the attempt that may come before was used.
func (q *queue) rest(l *line, until, since time.Time, told, early bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.lines[l.key] != l {
		return
	}
	l.busy, l.told, l.early, l.since = false, told, early, since
	l.cancel = q.clock.AfterFunc(until.Sub(q.clock.Now()), func() { q.wake(l, false) })
}

// wake makes a line that rests due.
func (q *queue) wake(l *line, early bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.push(l, early)
}

func (q *queue) push(l *line, early bool) {
	if q.closed || l.busy || q.lines[l.key] != l {
		return
	}
	l.cancel()
	l.busy, l.early = true, early
	q.due = append(q.due, l)
	select {
	case q.ready <- struct{}{}:
	default: // everybody has been called
	}
}

// wakeAll makes everything due that rests, once between two scheduled attempts, and not before a receiver has asked for it.
func (q *queue) wakeAll() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, l := range q.lines {
		if !l.early && !l.told {
			q.push(l, true)
		}
	}
}

// take hands out a line that is due, and whether before its time; nil when there is none.
func (q *queue) take() (l *line, early bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.due) == 0 {
		q.due = nil
		return nil, false
	}
	l, q.due = q.due[0], q.due[1:]
	return l, l.early
}

// remove forgets a line that waits no longer.
func (q *queue) remove(l *line) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.lines, l.key)
}

// close ends all timers.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for _, l := range q.lines {
		if l.cancel != nil {
			l.cancel()
		}
	}
}

// waiting is how many sessions wait, and for how long the oldest event does.
func (q *queue) waiting() (sessions int, oldest time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.clock.Now()
	for _, l := range q.lines {
		oldest = max(oldest, now.Sub(l.since))
	}
	return len(q.lines), oldest
}
