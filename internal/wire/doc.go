// Package wire holds the JSON that widgets and customers' backends read: messages, sessions and socket frames, rendered from
// what is on the bus and in the store. It refuses to read anything: what a visitor sends is the routes' business.
package wire
