// The gateway service on its own.
package main

import (
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/services/gateway"
)

func main() { runner.Service("gateway", gateway.Run) }
