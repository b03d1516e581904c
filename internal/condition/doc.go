// Package condition is how services tell what is wrong with a platform: the notifier that a bot is refused, inbound that a
// connection is not allowed. It stands on the bus, so that whoever is asked (the gateway's /health, `bellhop doctor`) knows it
// whichever process has found it out, and still after that process has ended.
//
// It refuses to decide anything: nothing is sent or held back because of a condition.
package condition
