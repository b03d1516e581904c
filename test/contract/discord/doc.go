// Package discord holds the product's clients of Discord's API and gateway against the simulated Discord. The two were written from
// Discord's documents without looking at each other, so what one of them got wrong shows up here as a disagreement.
//
// It refuses to hold code: everything is in its tests.
package discord
