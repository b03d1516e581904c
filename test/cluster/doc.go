// Package cluster runs Bellhop as it runs for people: real binaries as processes on free loopback ports, with their logs in
// files. A Harness starts, kills, restarts and stops them; Up is the all-in-one, Split is what production has: Redis, three
// NATS nodes and four services.
//
// It ends only what it has started, by its process id, and what it has started ends with it, even when it is killed itself.
// It refuses to bind anything but 127.0.0.1 and knows nothing of what the processes are for.
package cluster
