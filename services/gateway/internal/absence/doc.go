// Package absence notices that a visitor has left: a while after the last socket was closed or the page said so, unless the
// visitor is back, here or at another gateway. Every page that a visitor goes to on a site leaves the one before, so most of
// what looks like leaving is none.
//
// Nothing of it is kept. A gateway that was told of a leaving and is killed before it is sure takes that knowledge with it: then
// nobody says that this visitor left, unless another gateway had the socket or got the beacon. Nothing else hangs on it, which
// is why it is not worth a store. A gateway that is stopped in order says nothing either: its sockets connect again elsewhere.
package absence
