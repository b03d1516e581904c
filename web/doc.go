// Package web is the chat widget as browsers get it: the built files of src, embedded. It refuses to build anything, so that
// who serves the widget needs neither a compiler of TypeScript nor Node: `make web` builds, and a test compares.
package web
