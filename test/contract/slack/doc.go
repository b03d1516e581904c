// Package slack holds the product's client of Slack against the simulated one. The two were written from Slack's documents without
// looking at each other, so what one of them got wrong shows up here as a disagreement.
//
// It refuses to hold code: everything is in its tests.
package slack
