// Package bustest starts real buses for tests: a server in process and a cluster of three in process. It is also the home of
// the suite that every kind of bus must pass.
package bustest
