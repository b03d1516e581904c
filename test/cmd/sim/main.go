// Command sim runs the simulated platforms on loopback, for a demo or for a look at what Bellhop sends, and prints the
// address of each page.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"go.uber.org/zap"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// platform is one simulated platform. flags registers its options; start begins to serve and returns
// what to tell the user and how to stop.
type platform struct {
	flags func(*flag.FlagSet)
	start func(context.Context, *zap.Logger) (notice string, stop func(), err error)
}

// platforms lists what this command simulates; a new platform is one more line.
func platforms() []platform {
	return []platform{
		telegramPlatform(),
		discordPlatform(),
		slackPlatform(),
	}
}

// run returns the exit code: 0 after a signal, 1 if a simulator cannot start, 2 for wrong arguments.
func run(args []string, out, complaints io.Writer) int {
	set := flag.NewFlagSet("sim", flag.ContinueOnError)
	set.SetOutput(complaints)
	verbose := set.Bool("verbose", false, "log what the simulators do")
	all := platforms()
	for _, p := range all {
		p.flags(set)
	}
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	log := zap.NewNop()
	if *verbose {
		log = zap.Must(zap.NewDevelopment())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	for _, p := range all {
		notice, stop, err := p.start(ctx, log)
		if err != nil {
			fmt.Fprintln(complaints, "sim:", err)
			return 1
		}
		defer stop()
		fmt.Fprintln(out, notice)
	}
	<-ctx.Done()
	return 0
}
