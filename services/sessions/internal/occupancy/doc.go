// Package occupancy says what is known of who is in which Pusher channel, over all gateways, and how that may change. There are
// two stores, memory for one process and redis for several replicas, and one suite, occupancytest, that both pass.
//
// Nothing of it can be made from the bus, and nothing needs to be: gateways report the sockets that they hold, under a lease, and what one
// reported is taken back some time after its lease has run out. A store refuses to take anything from a gateway without a lease, for that
// one would take what it did not repeat for known; and to tell gateways what changed, which is its caller's part.
package occupancy
