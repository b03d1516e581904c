package main

import (
	"context"
	"io"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWrongArgumentsAreErrors(t *testing.T) {
	for _, args := range [][]string{{"-nonsense"}, {"-data", "/dev/null/x"}} {
		if run(context.Background(), args, io.Discard) == nil {
			t.Errorf("%v are taken", args)
		}
	}
}
