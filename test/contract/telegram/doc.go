// Package telegram holds the product's client of the Bot API against the simulated Telegram. The two were written from the Bot API's
// documents without looking at each other, so what one of them got wrong shows up here as a disagreement.
//
// It refuses to hold code: everything is in its tests.
package telegram
