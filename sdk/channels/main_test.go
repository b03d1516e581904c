package channels

import (
	"os"
	"testing"

	"github.com/bellhop-chat/bellhop/sdk/internal/leak"
)

// TestMain looks for goroutines of this package that somebody has left behind.
func TestMain(m *testing.M) { os.Exit(leak.Run(m, "bellhop/sdk/channels.")) }
