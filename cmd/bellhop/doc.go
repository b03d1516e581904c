// Bellhop in one binary: `bellhop up` runs all services in one process with an embedded bus and store, and the other commands
// look at a running installation or mend it. It differs from the services on their own only in what it connects to.
package main
