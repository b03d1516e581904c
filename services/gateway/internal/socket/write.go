package socket

import (
	"errors"
	"sync"
	"syscall"
)

// enqueue has a writer come, unless one is about to, or the kernel is to tell when it takes more.
func (s *Socket) enqueue(o outgoing) {
	if s.Closed {
		return
	}
	if s.Backlog += o.weight; s.Backlog > MaxBacklog {
		s.kind.Slow.Inc()
		s.Shut(s.kind.Overflow, Again)
		return
	}
	s.queue = append(s.queue, o)
	if !s.due && !s.blocked {
		s.due = true
		s.loop.writers.add(s)
	}
}

// flush writes what waits, until the kernel takes no more; then it is to tell when it does.
func (s *Socket) flush() {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	s.due = false
	if s.blocked || s.dead {
		return
	}
	_ = s.line.with(func(fd int) { s.blocked = !s.drain(fd) }) // it fails for what is dead
	if s.blocked && s.loop.room(s) != nil {
		s.kill()
	}
}

// unblock goes on where the kernel took no more.
func (s *Socket) unblock() {
	s.Mu.Lock()
	s.blocked = false
	s.Mu.Unlock()
	s.flush()
}

// scratch is where frames are joined that are written at once.
const scratchSize = 16 << 10

var scratch = sync.Pool{New: func() any { b := make([]byte, 0, scratchSize); return &b }}

// drain writes what waits. It answers false when the kernel takes no more of it now. The caller holds Mu.
func (s *Socket) drain(fd int) bool {
	for s.Waits() {
		var taken bool
		if s.rest != nil {
			taken = s.write(fd, s.rest.data, s.rest.weight)
		} else {
			taken = s.writeQueued(fd)
		}
		if !taken {
			return s.dead
		}
	}
	if s.hangup {
		s.kill()
	}
	return true
}

// writeQueued joins what is queued, up to what fits, and writes it.
func (s *Socket) writeQueued(fd int) bool {
	buffer := scratch.Get().(*[]byte)
	defer scratch.Put(buffer)
	joined, weight, n := (*buffer)[:0], 0, 0
	for _, o := range s.queue {
		if n > 0 && len(joined)+len(o.data)+maxWrap > scratchSize {
			break
		}
		if o.raw {
			joined = append(joined, o.data...)
		} else {
			joined = s.kind.Form.Frame(joined, o.data)
		}
		weight += o.weight
		n++
	}
	if s.queue = s.queue[n:]; len(s.queue) == 0 {
		s.queue = nil
	}
	return s.write(fd, joined, weight)
}

// write gives the kernel what it takes, and keeps the rest. It answers whether there is none.
func (s *Socket) write(fd int, data []byte, weight int) bool {
	n, err := syscall.Write(fd, data)
	for errors.Is(err, syscall.EINTR) {
		n, err = syscall.Write(fd, data)
	}
	switch {
	case n == len(data):
		s.rest = nil
		s.Backlog -= weight
		s.Progress++
		return true
	case err != nil && !errors.Is(err, syscall.EAGAIN):
		s.kill()
		return false
	case n > 0:
		data = data[n:]
		s.Progress++
	}
	if s.rest == nil {
		s.rest = &rest{data: append([]byte(nil), data...), weight: weight}
	} else {
		s.rest.data = data
	}
	return false
}

// writers write to the sockets that are due: as many goroutines as there are processors while there is that much to do, none when there
// is nothing.
type writers struct {
	most int // how many there may be

	mu      sync.Mutex
	due     []*Socket
	running int
}

// batch is how many sockets a writer takes at once.
const batch = 32

func (w *writers) add(s *Socket) {
	w.mu.Lock()
	w.due = append(w.due, s)
	more := len(w.due) > w.running*batch && w.running < w.most
	if more {
		w.running++
	}
	w.mu.Unlock()
	if more {
		go w.run()
	}
}

func (w *writers) run() {
	var mine [batch]*Socket
	for {
		n := w.take(mine[:])
		if n == 0 {
			return
		}
		for _, s := range mine[:n] {
			s.flush()
		}
	}
}

// take takes the first that are due. When there are none, the writer ends.
func (w *writers) take(into []*Socket) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := copy(into, w.due)
	clear(w.due[:n])
	if w.due = w.due[n:]; len(w.due) == 0 {
		w.due = nil
	}
	if n == 0 {
		w.running--
	}
	return n
}
