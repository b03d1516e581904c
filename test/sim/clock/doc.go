// Package clock is the time that simulators live in: real time that can be pushed forward, or a
// time that stands still until a test moves it. Every window of a simulator (rate limits, retries,
// expiries, injected latency) runs on one of these, so that no test waits for a real limit.
//
// It refuses to go backwards.
package clock
