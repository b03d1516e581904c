package bellhop

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain looks for goroutines of this package that somebody has left behind. It does so itself, for this module needs no other.
func TestMain(m *testing.M) {
	code := m.Run()
	tick, end := time.NewTicker(10*time.Millisecond), time.After(5*time.Second)
	left := leaked()
	for waiting := true; waiting && left != ""; left = leaked() {
		select {
		case <-tick.C:
		case <-end:
			waiting = false
		}
	}
	if left != "" {
		fmt.Fprintf(os.Stderr, "goroutines were left behind:\n%s\n", left)
		code = max(code, 1)
	}
	os.Exit(code)
}

// leaked are the stacks of goroutines that do something of this package, or over a connection; "" for none.
func leaked() string {
	all := make([]byte, 1<<20)
	var left []string
	for _, stack := range strings.Split(string(all[:runtime.Stack(all, true)]), "\n\n")[1:] { // the first is this one
		if contains(stack, "bellhop/sdk.", "net/http.") {
			left = append(left, stack)
		}
	}
	return strings.Join(left, "\n\n")
}
