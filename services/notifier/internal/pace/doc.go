// Package pace shares out what a platform allows per chat: so many calls in a sliding window, so many a second, and none at
// all while it has told us to wait. Whoever waits is served by class, and within a class in the order of asking.
//
// It refuses to make a call, to know any platform, and to guess: a call counts from when it ended, because the platform
// counts it somewhere between its beginning and its end.
package pace
