// Package hub knows which connections of which sessions this gateway holds, and hands frames to them. It refuses to know what
// a frame says or how a connection sends it.
package hub
