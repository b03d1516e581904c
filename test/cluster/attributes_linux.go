package cluster

import "syscall"

// attributes keep a child out of the terminal's process group, so that Ctrl-C reaches the harness alone and it can stop
// everything in order; and have the kernel end the child with the harness.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
