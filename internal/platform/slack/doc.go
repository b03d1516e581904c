// Package slack is what both halves of the Slack bridge must know of Slack: its client, its types, which of its refusals mean
// what, its limits, how its requests are signed, and how text crosses in both directions so that a visitor calls nobody and
// an operator is read as written.
//
// It refuses to decide anything: it neither retries nor waits, it knows no session and no bus, and all it remembers is what
// people are called. It refuses to put a token, or an address that works like one, into an error, and to send the token
// anywhere but to Slack.
package slack
