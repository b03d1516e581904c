// Package schema holds what is published against the catalogue: every event that a test leads to has the schema of its type, and comes
// from a service that the catalogue names. It refuses to know any event by itself.
package schema
