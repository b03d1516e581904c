// Package slack brings conversations to Slack: each is a thread of one channel, whose first message is the visitor's card and shows
// whether the conversation is open. Where there is only an incoming webhook, messages are posted one by one and stay as they
// are.
//
// Everything is sent as rich text: what a visitor typed stays what it is, and calls nobody. A post whose outcome is unknown is
// looked for before it is made again. The package refuses to decide what is sent when, to try anything twice that Slack may
// have done, and to receive: that is package deliver's and the inbound service's.
package slack
