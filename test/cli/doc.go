// Package cli runs the command line as its users do, against the simulated platforms. It refuses to look inside: what counts is
// what is printed and the exit code.
package cli
