package slack

// The views of State are the server's own as well.

// Channel is State().Channel.
func (s *Server) Channel() Channel { return s.state().Channel() }

// Threads is State().Threads.
func (s *Server) Threads() []Thread { return s.state().Threads() }

// Thread is State().Thread.
func (s *Server) Thread(ts string) Thread { return s.state().Thread(ts) }

// Message is State().Message.
func (s *Server) Message(ts string) Message { return s.state().Message(ts) }

// Requests is State().Requests.
func (s *Server) Requests(method string) []Request { return s.state().Requests(method) }

// Deliveries is State().Deliveries.
func (s *Server) Deliveries() []Delivery { return s.state().Deliveries() }

// Limits is State().Limits.
func (s *Server) Limits() Limits { return s.state().Limits() }

// Warnings is State().Warnings.
func (s *Server) Warnings() []Warning { return s.state().Warnings() }
