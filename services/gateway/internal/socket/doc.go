// Package socket sends frames to one client and takes what it sends: in order, without blocking whoever sends, and without keeping more than
// a bounded amount for a client that does not read. While a socket is idle it is a descriptor that the kernel watches: it has no goroutine, no
// buffer and no stack, and costs less than a kilobyte. It refuses to know what a frame says.
//
// A Loop is what sockets share: who has sent something gets a goroutine, until everything is read that has come; who is to be told something
// is written to by as many goroutines as there are processors, all that waits for a client at once.
package socket
