// Package id holds the identifiers that travel: projects, sessions, messages and the 16 parts of the bus.
//
// Each is parsed once where it enters and is safe in a NATS subject for ever after: Token encodes any character, and no
// wildcard survives it. The package refuses to know what an identifier stands for.
package id
