// Package webhook tells a customer's own servers what happens: EVENTS_WEBHOOK_URL gets every event in an envelope, signed;
// BACKEND_WEBHOOK_URL gets what operators do, as the bridge API's clients expect it. Each is a destination with a durable
// consumer of its own, run by whoever holds the destination's lease, with a lane per session.
//
// What a destination does not take at once waits: which sessions wait, from which event on, and until when, stands in the bus's
// notebook, so it outlives the process and costs the consumer nothing. What is sent later is read from the stream. While an event
// of a session waits, everything after it in that session waits behind it; other sessions go on.
//
// It refuses to follow a redirect, to reach a private address, and to put an address or a secret into an error or a log.
package webhook
