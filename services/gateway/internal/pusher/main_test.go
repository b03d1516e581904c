package pusher

import (
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

func TestMain(m *testing.M) { bustest.VerifyTestMain(m) }
