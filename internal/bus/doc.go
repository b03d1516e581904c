// Package bus is the event bus: one JetStream stream of CloudEvents, read in the ways that Bellhop needs.
//
//   - Publish stores a fact and returns when the stream has acknowledged it.
//   - Consumer (durable, a lane per session, at least once) and Parts (durable, 16 ordered parts, gap free) process facts.
//   - Follow hears facts live, in order and without holes; Replay reads them from a sequence.
//   - Signal and Serve carry what is not stored: typing, and commands from programs outside.
//   - Hold makes one process of many the holder of something, Holders tells which one; Notebook keeps the small things that all must agree on.
//   - Objects keep files, beside the stream.
//
// It is the only package that speaks JetStream, builds a subject, or settles a delivery. It refuses to know what an event
// means: handlers get a decoded Event and answer with an error or nil, never with an acknowledgement.
package bus
