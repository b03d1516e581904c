// Package redistest runs real Redis servers for tests, alone on a unix socket or as a cluster on loopback ports.
//
// A server lives as long as its test, in a directory of its own, and is killed by its process id. Where redis-server is not
// installed tests fail, they are not skipped: a guarantee that nobody checked is not one. The package refuses to
// stand in for Redis, and it knows nothing of what is stored.
package redistest
