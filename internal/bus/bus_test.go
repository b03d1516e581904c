package bus_test

import (
	"flag"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil { // most of these tests wait for a clock, not for the processor
		panic(err)
	}
	bustest.VerifyTestMain(m)
}

func TestEmbeddedServerIsABus(t *testing.T) {
	t.Parallel()
	fresh := func(t testing.TB) bustest.Site { return bustest.Alone{Server: bustest.Server(t)} }
	bustest.Run(t, fresh)
	bustest.RunLogic(t, fresh)
}
