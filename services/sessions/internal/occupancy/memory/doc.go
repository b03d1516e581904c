// Package memory keeps the occupancy of the all-in-one program, whose gateway is in the same process: the state ends when the
// sockets do. It refuses to outlive the process, and to be shared.
package memory
