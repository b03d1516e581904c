// Package mrkdwn reads the text of Slack's messages: three escaped characters, tokens in angle brackets, and the light
// markup around them. It says whom a text calls, what people read of it, and how it looks in HTML.
//
// It refuses to repair: what is no token stays text.
package mrkdwn
