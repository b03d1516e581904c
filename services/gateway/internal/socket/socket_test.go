package socket

import (
	"errors"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stuck is a carrier that is in the middle of its first frame until it is closed.
type stuck struct {
	taken, closed chan struct{}
	once          sync.Once
}

func (s *stuck) Frame([]byte) error    { close(s.taken); <-s.closed; return errors.New("closed") }
func (s *stuck) Ping() error           { return nil }
func (s *stuck) Bye(int, string) error { return nil }
func (s *stuck) Close() error          { s.once.Do(func() { close(s.closed) }); return nil }

func TestSocketInTheMiddleOfItsFirstFrameIsNotStuckUntilItIsForAWholeInterval(t *testing.T) {
	var s Socket
	carrier := &stuck{taken: make(chan struct{}), closed: make(chan struct{})}
	s.Open(carrier, 1013, prometheus.NewCounter(prometheus.CounterOpts{Name: "slow"}))
	s.Mu.Lock()
	s.Send([]byte("hello"), 5)
	s.Mu.Unlock()
	<-carrier.taken
	s.Mu.Lock()
	s.Tend()
	if s.Closed {
		t.Error("closed at once")
	}
	s.Tend()
	if !s.Closed {
		t.Error("not closed after an interval in which nothing was sent")
	}
	s.Mu.Unlock()
	<-carrier.closed
}
