// Package stream is a visitor's WebSocket: it shows what happened lately, then everything as it happens, and takes custom
// events. It refuses to send on what a client has sent: everything a visitor hears has been on the bus.
package stream
