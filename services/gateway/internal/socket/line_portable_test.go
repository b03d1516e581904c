//go:build unix && (!linux || portable)

package socket

import "net"

// noLine is no connection.
func noLine() line {
	pipe, _ := net.Pipe()
	return line{pipe, closedConn{}}
}

type closedConn struct{}

func (closedConn) Control(func(uintptr)) error    { return net.ErrClosed }
func (closedConn) Read(func(uintptr) bool) error  { return net.ErrClosed }
func (closedConn) Write(func(uintptr) bool) error { return net.ErrClosed }
