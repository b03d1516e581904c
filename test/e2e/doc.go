// Package e2e runs all services in one process, by the same Run that their mains call, against a simulated Telegram, and says
// in sentences what must be true from one end to the other:
//
//	vera.Says("hi")
//	topic := telegram.Topic(vera)
//	topic.Shows("hi")
//	topic.Reply("hello")
//	vera.Hears("hello")
//
// It refuses to look inside: what is asserted is what a visitor, an operator, a backend or a NATS client can see. It has no
// code but tests.
package e2e
