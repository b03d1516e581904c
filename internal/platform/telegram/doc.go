// Package telegram is what both halves of the Telegram bridge must know of the Bot API: its client, its types, which of its
// refusals mean what, its limits, and how text is written so that nobody is pinged by a visitor.
//
// It refuses to decide anything: it neither retries nor waits nor keeps state, it knows no session and no bus. It refuses
// to put the bot's token, which the Bot API wants in every URL, into an error.
package telegram
