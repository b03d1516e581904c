// Package apitest is a Discord for tests: it answers calls as it is told and remembers them, and its gateway sends what a test
// says, numbered and again after a loss. It refuses to keep a server with channels: the simulator does that.
package apitest
