package socket

// enqueue starts a writer if none is running.
func (s *Socket) enqueue(o outgoing) {
	if s.Closed {
		return
	}
	if s.Backlog += o.weight; s.Backlog > MaxBacklog {
		s.slow.Inc()
		s.Shut(int(s.overflow), Again)
		return
	}
	s.queue = append(s.queue, o)
	if !s.Writing {
		s.Writing = true
		go s.write()
	}
}

// write sends what waits and ends when nothing does. A failure closes the carrier, and the reader ends the connection. It begins
// on a stack of 2 KiB: growing that for every frame would cost a tenth of what sending does, so it has few local variables.
func (s *Socket) write() {
	for {
		o := s.next()
		if o == nil {
			return
		}
		var err error
		switch {
		case o.data != nil:
			err = s.carrier.Frame(o.data)
		case o.code == 0:
			err = s.carrier.Ping()
		default:
			err = s.carrier.Bye(o.code, o.why)
		}
		if err != nil {
			s.End()
			return
		}
	}
}

// next counts what has just been sent, and takes what waits. When nothing does, the writer ends.
func (s *Socket) next() *outgoing {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	if s.sending != nil {
		s.Backlog -= s.sending.weight
		s.Progress++
	}
	if len(s.queue) == 0 {
		s.queue, s.sending, s.Writing = nil, nil, false
		return nil
	}
	s.sending, s.queue = &s.queue[0], s.queue[1:]
	return s.sending
}
