// Package guard tells who asks: the real client address behind proxies, whether an address or a User-Agent is wanted, and whether a
// request looks like a program's. The gateway of Bellhop and the backends of its customers use the same rules, which are
// PocketPing's: the modes, the default list of bots and the reasons have its names.
//
// It decides and does nothing: to refuse, to count and to log is its caller's. It keeps no state and needs nothing but the standard
// library. What is configured wrongly is an error when a filter is made, never when it is asked.
package guard
