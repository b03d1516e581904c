// Package pusher has the real pusher-js, in Node and in a browser, and the real `pusher` library for servers run unmodified against Bellhop.
// What they try is in theme/, a file for each theme, in which each function is a point; stage.mjs is what a point plays with, and site.mjs
// the customer's application. The same themes are played in Node, against two gateways, and in Chromium, with each of the two builds for
// browsers.
//
// One test has no library, but a model: sockets come and go while gateways, the sessions service and Redis do too, and what each socket was told of
// the others must be what it should have been told.
//
// The rest of it refuses to know the protocol: what goes over the wire is the libraries' business, and what the libraries make of it is what counts here.
package pusher
