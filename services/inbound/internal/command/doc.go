// Package command is what operators can do by typing: which words are commands and notes, and what each command makes of a
// conversation. A new command is one more value in All.
//
// It refuses to send or store anything: a command returns the facts to store and the answer to give. And it refuses doubt:
// what looks like a command or a note is never a message to the visitor.
package command
