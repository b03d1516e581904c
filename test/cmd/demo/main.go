// The pages to see Bellhop work with: the visitor's side, beside the simulated platform if there is one.
package main

import (
	"context"
	"errors"
	"flag"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/test/demo"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8090", "address of the pages")
	var o demo.Options
	flag.StringVar(&o.Endpoint, "endpoint", "http://127.0.0.1:8080/pocketping", "where Bellhop serves the widget protocol")
	flag.Func("team", "name=address of a simulator's page; may be given again", func(given string) error {
		name, url, ok := strings.Cut(given, "=")
		if !ok || name == "" || url == "" {
			return errors.New("want name=address")
		}
		o.Teams = append(o.Teams, demo.Team{Name: name, URL: url})
		return nil
	})
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
