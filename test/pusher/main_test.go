package pusher

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/browser"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(closing{m}) }

// closing ends the Chromium that tests share before anybody looks for what is left behind.
type closing struct{ m *testing.M }

func (c closing) Run() int {
	defer browser.Close()
	return c.m.Run()
}
