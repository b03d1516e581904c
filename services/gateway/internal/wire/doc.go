// Package wire holds the JSON that the PocketPing widget reads: messages and socket frames, rendered from what is on the bus
// and in the store. It refuses to read anything: what a visitor sends is the routes' business.
package wire
