// Command sessions is the sessions service in a process of its own.
package main

import (
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/services/sessions"
)

func main() { runner.Service("sessions", sessions.Run) }
