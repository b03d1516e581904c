// Package balance is a small TCP load balancer on a loopback address: what stands between visitors and several gateways. Whom it
// sends new connections to can be changed at any time; those that stand go on where they are.
//
// It knows nothing of HTTP, and refuses to guess who is well: it is told.
package balance
