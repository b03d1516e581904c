// Package markup is Telegram's formatting, read the way the real server reads it: entities with
// offsets in UTF-16 code units, the HTML and MarkdownV2 parse modes, what the server links by itself,
// and who is notified by a text.
//
// It refuses what the real server refuses, with its words (the part after "Bad Request: "). It refuses the
// legacy Markdown mode as well, which the real server takes: that mode cannot be escaped reliably.
package markup
