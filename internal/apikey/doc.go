// Package apikey keeps the keys of the HTTP API in the bus's notebook: what a key may do, and a digest of it. It refuses to know a
// key's secret after it was made, and to remember anything itself: a key that is revoked is gone wherever it is looked up next.
package apikey
