// Package sessionstest is a sessions service for the gateway's tests: it answers from what the bus holds, whenever it is asked,
// and can be told to be away. It refuses to be fast, and to keep anything but visits and who is in which channel.
package sessionstest
