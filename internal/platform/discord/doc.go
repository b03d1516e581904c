// Package discord is what both halves of the Discord bridge must know of Discord: its REST client, its types, which of its
// refusals mean what, its limits and permissions, how an interaction is verified, and how text is written so that it stays as
// typed and pings nobody.
//
// It refuses to decide anything: it neither retries nor waits nor keeps state, it knows no session and no bus. It refuses to
// ping: there is no way to send a message that mentions anybody. It refuses to put a token, which Discord wants in the paths
// of webhooks and interactions, into an error.
package discord
