package telegram

import "context"

// watch tells waiters that something changed. Server.mu guards it.
type watch struct {
	version int64
	changed chan struct{}
}

func newWatch() watch { return watch{changed: make(chan struct{})} }

// touch wakes every waiter. The caller holds mu.
func (s *Server) touch() {
	s.watch.version++
	close(s.watch.changed)
	s.watch.changed = make(chan struct{})
}

// changes returns a channel that is closed at the next change, and the number of changes so far.
func (s *Server) changes() (<-chan struct{}, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.watch.changed, s.watch.version
}

// WaitFor returns nil as soon as condition holds. It looks again after each change of state, request and delivery. If ctx
// ends first it returns ctx's error. The condition may call anything of State, and of the server what only reads.
func (s *Server) WaitFor(ctx context.Context, condition func(State) bool) error {
	for {
		changed, _ := s.changes()
		if condition(s.state()) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.ctx.Done():
			return ErrClosed
		}
	}
}
