// Package telegram brings conversations to topics of a Telegram group: it writes the texts, which is pure, and makes the calls.
//
// Everything is sent as text with entities, never with a parse mode: what a visitor typed stays what it is, pings nobody and
// is no command. The package refuses to decide what is sent when, to try anything twice, and to receive: that is package
// deliver's and the inbound service's.
package telegram
