package deploy

import (
	"runtime/debug"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // rendering throws away nearly all that it makes, some hundred times
	goleak.VerifyTestMain(m)
}
