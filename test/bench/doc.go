// Package bench measures what the documents quote, against real binaries in processes of their own, with every load generator
// in another process, and prints a table. What depends on the machine is put as a ratio to something measured in the same
// run: a bare JetStream publisher, a NATS server with a connection for each socket, or a program that calls the same platforms and stores
// nothing.
//
// It asserts nothing: the figures are for people. It bounds its own count and time: about twenty minutes, of which a backlog of
// 100,000 takes seven and channels five.
package bench
