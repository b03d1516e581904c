// Package runner is what every service lives on: its main, its signals, its log, its metrics, its readiness, and the order in
// which its parts are stopped. A service is
//
//	func main() { runner.Service("gateway", gateway.Run) }
//
//	type Config struct {
//		runner.Runtime
//		HTTP httpserver.Config
//		...
//	}
//
//	func Run(ctx context.Context, cfg Config) error {
//		g, ctx := runner.NewGroup(ctx, "gateway", cfg.Runtime)
//		return g.Wait(build(ctx, g, cfg))
//	}
//
// so that a test, or the binary that holds all services, calls the same Run with a Runtime of its own.
//
// It refuses to be a framework: nothing registers itself, nothing is injected, no part is restarted. A part that fails takes the
// process down in order, and whoever supervises the process starts it again. Configuration is in package config, HTTP in httpserver.
package runner
