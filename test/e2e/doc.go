// Package e2e runs all services in one process, by the same Run that their mains call, against the simulated platforms, and says
// in sentences what must be true from one end to the other:
//
//	vera.Says("hi")
//	room := slack.Room(vera)
//	room.Shows("hi").Reply("hello")
//	vera.Hears("hello")
//
// It refuses to look inside: what is asserted is what a visitor, an operator, a backend or a NATS client can see. It has no
// code but tests.
package e2e
