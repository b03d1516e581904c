package bus_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEmbeddedServerIsABus(t *testing.T) {
	t.Parallel()
	bustest.Run(t, func(t testing.TB) bustest.Site { return bustest.Alone{Server: bustest.Server(t)} })
}
