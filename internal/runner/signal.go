package runner

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"go.uber.org/zap"
)

// untilSignal returns a context that ends at the first SIGINT or SIGTERM, after calling first. The second one exits the
// process. release gives the signals back and ends the context.
func untilSignal(parent context.Context, log *zap.Logger, first func()) (ctx context.Context, release func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	released := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-released:
			return
		case sig := <-signals:
			log.Info("stopping", zap.Stringer("signal", sig))
			first()
			cancel()
		}
		select {
		case <-released:
		case sig := <-signals:
			log.Warn("exiting at once", zap.Stringer("signal", sig))
			// Not by restoring the default action: the kernel ignores that one for process 1, which is what a service is in its container.
			os.Exit(ExitFailure)
		}
	})
	return ctx, func() {
		signal.Stop(signals)
		close(released)
		wg.Wait()
		cancel()
	}
}
