// Package top makes of two readings of Bellhop's metrics what a person wants to see: rates, latencies, what waits and what is wrong.
// It refuses to ask anything but the metrics: whatever it shows, a dashboard can show too.
package top
