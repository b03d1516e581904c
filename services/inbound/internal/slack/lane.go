package slack

import "sync"

// lanes let what belongs to one thread be handled one after the other, in the order in which it came. Slack hands over what
// two people write at once on two connections.
type lanes struct {
	mu   sync.Mutex
	last map[string]chan struct{}
}

func newLanes() *lanes { return &lanes{last: map[string]chan struct{}{}} }

// enter takes the next place in a lane. Whoever has it waits for turn, and calls leave when he is done.
func (l *lanes) enter(lane string) (turn <-chan struct{}, leave func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, done := l.last[lane], make(chan struct{})
	l.last[lane] = done
	if before == nil {
		before = make(chan struct{})
		close(before)
	}
	return before, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.last[lane] == done {
			delete(l.last, lane)
		}
		close(done)
	}
}
