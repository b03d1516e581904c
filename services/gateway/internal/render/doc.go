// Package render makes of stored events what a visitor's connections are sent, live or after they were away. It refuses to read the bus
// and to know connections: events in, frames out.
package render
