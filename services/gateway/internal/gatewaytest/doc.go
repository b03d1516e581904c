// Package gatewaytest runs a whole gateway for its tests: on a real bus in this process, with a sessions service made of
// tape, served on loopback. It refuses to be used by anything but tests.
package gatewaytest
