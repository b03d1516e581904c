package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	_ "time/tzdata" // for an image of nothing but this program

	"github.com/spf13/cobra"
	_ "golang.org/x/crypto/x509roots/fallback" // the roots of TLS, where the system has none

	"github.com/bellhop-chat/bellhop/internal/runner"
)

func main() { os.Exit(runWith(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// exitCode is an error that has been told already.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// runWith is main without the exit.
func runWith(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:           "bellhop",
		Short:         "Self-hosted live chat that reaches a team where it already is",
		Version:       runner.Version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(upCommand(), initCommand(), doctorCommand(), eventsCommand(), tailAlias(), dlqCommand(), webhookCommand(), keyCommand(), natsAuthCommand(), rebuildCommand(), backupCommand(), restoreCommand(), topCommand(), eraseCommand(), exportCommand())
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if code, told := errors.AsType[exitCode](err); told {
		return int(code)
	}
	if err != nil {
		fmt.Fprintln(stderr, "bellhop:", err)
		return runner.ExitConfiguration // cobra's errors are about the command line
	}
	return runner.ExitOK
}

// exit turns a code into what a command returns.
func exit(code int) error {
	if code == runner.ExitOK {
		return nil
	}
	return exitCode(code)
}
