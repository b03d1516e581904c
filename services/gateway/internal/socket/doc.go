// Package socket sends frames to one client: in order, without blocking whoever sends, and without keeping more than a bounded amount for a
// client that does not read. While a socket is idle it has no goroutine of its own here; one exists while there is something to write. It refuses
// to know what a frame says.
package socket
