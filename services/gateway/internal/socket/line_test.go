//go:build linux && !portable

package socket

// noLine is no connection.
func noLine() line { return line{-1} }
