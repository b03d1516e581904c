// Package filter decides who may ask: which sites, from which address, how often. It refuses to look at what is asked.
package filter
