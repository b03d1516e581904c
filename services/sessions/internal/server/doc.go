// Package server answers the sessions service's gRPC calls from the store.
//
// An answer about a session waits until the store holds everything that the bus had stored of it when the question came;
// when that takes too long the call fails with UNAVAILABLE. It refuses to answer from what may be stale, and to write
// anything but visits: all else enters by the bus.
//
// Who is in which channel is no fact of the bus: gateways report it, and it is kept beside the store. What changes is announced on the bus when
// it has been taken, and only then.
package server
