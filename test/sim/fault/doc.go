// Package fault disturbs what a simulated platform does: it finds the fault that meets a request or a delivery, and bends
// the answer. The simulators of Discord and Slack share it.
//
// It knows no platform: what a refusal looks like is the caller's, and so is what a request's method and place are called.
// It refuses to invent time: latency and slow bodies run on the simulator's clock.
package fault
