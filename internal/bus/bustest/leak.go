package bustest

import (
	"testing"

	"go.uber.org/goleak"
)

// VerifyTestMain is goleak's, for packages that run a server: a server that is stopped while it makes a stream leaves that
// stream's loop and the clock of its store behind (nats-server 2.15.2).
func VerifyTestMain(m *testing.M) {
	const store = "github.com/nats-io/nats-server/v2/server"
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction(store+".(*fileStore).flushStreamStateLoop"),
		goleak.IgnoreAnyFunction(store+"/ats.Register.func1"),
	)
}
