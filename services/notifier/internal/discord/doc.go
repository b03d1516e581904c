// Package discord brings conversations to Discord: as threads of a forum or text channel by a bot, or through a webhook. It writes
// what is shown, which is pure, and makes the calls.
//
// What a visitor typed is escaped: it stays what it is and pings nobody. The package refuses to decide what is sent when, to try
// a message twice, and to receive: that is package deliver's and the inbound service's. Only opening a thread, which Discord
// would do twice, it looks up before it does it again.
package discord
