// The pages to see Bellhop work with: the visitor's side, beside the simulated platform if there is one.
package main

import (
	"context"
	"flag"

	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/test/demo"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8090", "address of the pages")
	var o demo.Options
	flag.StringVar(&o.Endpoint, "endpoint", "http://127.0.0.1:8080/pocketping", "where Bellhop serves the widget protocol")
	flag.StringVar(&o.Telegram, "telegram", "", "address of the Telegram simulator's page, if one runs")
	flag.Parse()
	runner.Main("demo", func(ctx context.Context, rt runner.Runtime) error {
		front, err := httpserver.Listen(*addr, rt.Log)
		if err != nil {
			return err
		}

		if err := front.Handle("/", demo.Handler(o)); err != nil {
			return err
		}
		g, _ := runner.NewGroup(ctx, "demo", rt)
		g.Serve("pages", front)
		return g.Wait(nil)
	})
}
