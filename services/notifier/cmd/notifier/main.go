// Command notifier is the notifier service in a process of its own.
package main

import (
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/services/notifier"
)

func main() { runner.Service("notifier", notifier.Run) }
