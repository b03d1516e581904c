// Package inbound receives what platforms send: it verifies it, makes facts of it, and stores them before it says thank you. It
// also runs what operators type as commands.
//
// It keeps nothing: any number of replicas may run, and each may be killed at any moment. It refuses to post conversations on a platform;
// all it sends is the short answer to a command.
package inbound
