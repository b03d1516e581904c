// Package durability tells what an acknowledgement of the bus is worth, and keeps a process from working where it is worth less
// than its configuration says. It looks at the streams and, by their monitoring addresses, at the servers; it changes nothing of
// either.
package durability
