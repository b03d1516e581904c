package cluster

import (
	"runtime"
	"sync"
)

// births starts processes from one thread that lives as long as the harness: Linux ends a child with the thread that
// started it, and Go's threads come and go.
type births struct {
	orders chan func()
	end    sync.Once
}

func newBirths() *births {
	b := &births{orders: make(chan func())}
	go func() {
		runtime.LockOSThread()
		for order := range b.orders {
			order()
		}
	}()
	return b
}

// begin runs f on the thread.
func (b *births) begin(f func() error) error {
	done := make(chan error)
	b.orders <- func() { done <- f() }
	return <-done
}

func (b *births) close() { b.end.Do(func() { close(b.orders) }) }
