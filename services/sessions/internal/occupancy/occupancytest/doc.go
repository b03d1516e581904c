// Package occupancytest is the conformance suite of the stores of who is in which channel: each passes all of it, or it is not one.
//
// The suite states what the server and the gateways rely on, and compares each store with a model that is too simple to be wrong. It
// refuses to wait for a lease to run out, and to know where a store keeps what.
package occupancytest
