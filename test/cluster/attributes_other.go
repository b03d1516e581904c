//go:build !linux

package cluster

import "syscall"

// attributes keep a child out of the terminal's process group. Elsewhere than on Linux it outlives a killed harness.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
