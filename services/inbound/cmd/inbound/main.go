// The inbound service on its own.
package main

import (
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/services/inbound"
)

func main() { runner.Service("inbound", inbound.Run) }
