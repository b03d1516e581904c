package telegram

import "time"

// The views of State are the server's own as well.

// Chat is State().Chat.
func (s *Server) Chat() Chat { return s.state().Chat() }

// Topics is State().Topics.
func (s *Server) Topics() []Topic { return s.state().Topics() }

// Topic is State().Topic.
func (s *Server) Topic(id int64) Topic { return s.state().Topic(id) }

// Message is State().Message.
func (s *Server) Message(id int64) Message { return s.state().Message(id) }

// Requests is State().Requests.
func (s *Server) Requests(method string) []Request { return s.state().Requests(method) }

// Deliveries is State().Deliveries.
func (s *Server) Deliveries() []Delivery { return s.state().Deliveries() }

// Callbacks is State().Callbacks.
func (s *Server) Callbacks() []Callback { return s.state().Callbacks() }

// Limits is State().Limits.
func (s *Server) Limits() Limits { return s.state().Limits() }

// Warnings is State().Warnings.
func (s *Server) Warnings() []Warning { return s.state().Warnings() }

// Now is the simulator's time.
func (s *Server) Now() time.Time { return s.clock.Now() }
