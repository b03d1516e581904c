// Package emoji knows the names that Slack gives emoji, because Slack sends people's emoji as names between colons: ":wave:".
// The table is embedded; generate.go makes it anew.
//
// It refuses to guess: the names of emoji that a workspace has made itself mean nothing elsewhere, and stay as they are.
package emoji
