// Package relay is GET /api/events/stream: it tells a customer's backend what the team does, as server-sent events, from any event on
// that the stream of the bus still has. A listener that is slow, or was away, is shown what it missed by reading it there, so a place
// in the stream is all that is kept of one. It refuses to skip anything in silence.
package relay
