// Package feed brings what the bus says to the visitors that this gateway holds: it hears every stored event, keeps the
// session cache current, and hands frames to the hub. It refuses to publish anything.
package feed
