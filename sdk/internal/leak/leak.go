// Package leak looks for goroutines that tests have left behind. It stands in for a library: whoever imports the SDK gets nothing along that
// only its tests need.
package leak

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// Run runs tests and answers an exit code. It waits up to 5 seconds for goroutines whose stacks contain one of some texts, such as
// "bellhop/sdk.", or that do something over a connection; those that are left make the tests fail.
func Run(m *testing.M, texts ...string) int {
	code := m.Run()
	texts = append(texts, "net/http.")
	tick, end := time.NewTicker(10*time.Millisecond), time.After(5*time.Second)
	defer tick.Stop()
	left := stacks(texts)
	for waiting := true; waiting && left != ""; left = stacks(texts) {
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
	return code
}

func stacks(texts []string) string {
	all := make([]byte, 1<<20)
	var left []string
	for _, stack := range strings.Split(string(all[:runtime.Stack(all, true)]), "\n\n")[1:] { // the first is this one
		if slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(stack, text) }) {
			left = append(left, stack)
		}
	}
	return strings.Join(left, "\n\n")
}
