package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/bellhop-chat/bellhop/internal/runner"
)

func main() { os.Exit(run(os.Args[1:])) }

// exitCode is an error that has been told already.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

func run(args []string) int {
	root := &cobra.Command{
		Use:           "bellhop",
		Short:         "Self-hosted live chat that reaches a team where it already is",
		Version:       runner.Version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(upCommand(), tailCommand(), rebuildCommand())
	root.SetArgs(args)
	err := root.Execute()
	if code, told := errors.AsType[exitCode](err); told {
		return int(code)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bellhop:", err)
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
