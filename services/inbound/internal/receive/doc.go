// Package receive is the part of inbound that no platform owns: it finds the conversation of a thread and the message behind
// a platform's copy, makes facts of what operators do, and stores them.
//
// It refuses to know any platform's JSON, and to tell a caller that something happened before the bus has stored it.
package receive
