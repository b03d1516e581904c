// The gateway service on its own.
package main

import (
	_ "time/tzdata" // for an image of nothing but this program

	_ "golang.org/x/crypto/x509roots/fallback" // the roots of TLS, where the system has none

	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/services/gateway"
)

func main() { runner.Service("gateway", gateway.Run) }
