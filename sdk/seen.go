package bellhop

import "sync"

// seen remembers the latest ids, and which are being handled.
type seen struct {
	mu   sync.Mutex
	done map[string]bool
	ring []string // what is done, the oldest at next once it is full
	next int
	busy map[string]bool
}

func newSeen(most int) *seen {
	return &seen{done: make(map[string]bool), ring: make([]string, 0, most), busy: make(map[string]bool)}
}

// begin takes ids to be handled together, unless one is known already, or is being handled at this moment.
func (s *seen) begin(ids []string) (known, busy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		known, busy = known || s.done[id], busy || s.busy[id]
	}
	if known || busy {
		return known, busy && !known
	}
	for _, id := range ids {
		s.busy[id] = true
	}
	return false, false
}

// end gives them back; handled ones are remembered.
func (s *seen) end(ids []string, handled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		delete(s.busy, id)
		if handled {
			s.remember(id)
		}
	}
}

func (s *seen) remember(id string) {
	if s.done[id] {
		return
	}
	s.done[id] = true
	if len(s.ring) < cap(s.ring) {
		s.ring = append(s.ring, id)
		return
	}
	delete(s.done, s.ring[s.next])
	s.ring[s.next] = id
	s.next = (s.next + 1) % len(s.ring)
}
