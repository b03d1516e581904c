// Package visitor is a browser with the PocketPing widget in it, as far as a server can tell: it connects, opens the
// WebSocket, comes back as the widget does, falls back to polling, posts, edits and deletes, and keeps what the page would
// show.
//
// Client and Page are for load and chaos; Visitor wraps them for tests, in sentences that wait for what they claim and say
// what was seen instead:
//
//	vera := visitor.Arrive(t, visitor.Options{URL: gateway})
//	vera.Says("hi")
//	vera.Hears("hello")
//
// It was written from the wire contract and shares no code with the gateway, so that a mistake in one of the two shows. It
// refuses to be cleverer than the widget: it asks for nothing that the widget does not ask for, unless a test tells it to.
package visitor
