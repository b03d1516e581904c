// Package fact turns what the gateway has accepted into events: one function a fact. It refuses to check anything: the routes
// have done so, and to publish: the caller waits for the bus.
package fact
