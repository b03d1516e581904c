// Package telegram receives what operators do in Telegram: by webhook or by long polling, whichever the configuration allows.
// A Bot is one bot of one project; it verifies, translates, stores, and only then tells Telegram that an update has arrived.
//
// It refuses to post conversations: all it sends are short answers to the operator who typed something, from a budget of its own.
package telegram
