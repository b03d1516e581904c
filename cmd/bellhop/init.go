package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bellhop-chat/bellhop/internal/check"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// setup connects a platform: each answer is tried before the next question, and nothing is written that does not work.
type setup struct {
	file string
	// project is whose platform it is, when a file names several; else empty.
	project string
	in      *bufio.Reader
	out     io.Writer
	lookup  config.Lookup
}

// setups are the platforms that can be set up, in the order in which they are offered.
var setups = []struct {
	name, title, long string
	run               func(*setup, context.Context) error
}{
	{"telegram", "Telegram", "Ask for the bot's token and the group's id, try both with Telegram, and write them into a file of variables.", (*setup).telegram},
	{"discord", "Discord", "Ask for the bot's token and the channel's id, try both with Discord, and write them into a file of variables.", (*setup).discord},
	{"slack", "Slack", "Ask for the app's tokens and the channel's id, try them with Slack, and write them into a file of variables.", (*setup).slack},
}

func initCommand() *cobra.Command {
	s := &setup{}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Connect a platform, step by step",
		Long:  "Ask which platform to connect, then what it needs. What is in the file already stays, except for what is asked for anew.",
		Args:  cobra.NoArgs,
	}
	cmd.PersistentFlags().StringVar(&s.file, "file", ".env", "file to write the variables into")
	cmd.PersistentFlags().StringVar(&s.project, "project", "", "project that it is for, when BELLHOP_CONFIG names a file of several")
	cmd.RunE = s.command((*setup).choose)
	for _, platform := range setups {
		cmd.AddCommand(&cobra.Command{
			Use: platform.name, Short: "Connect " + platform.title, Long: platform.long, Args: cobra.NoArgs, RunE: s.command(platform.run),
		})
	}
	return cmd
}

// command makes a run of a cobra command.
func (s *setup) command(run func(*setup, context.Context) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error {
		if s.project != "" {
			if _, err := id.ParseProject(s.project); err != nil {
				return err
			}
		}
		process := runner.Process{Name: "init", Lookup: quiet(environment(cmd)), Stderr: cmd.ErrOrStderr()}
		s.in, s.out, s.lookup = bufio.NewReader(cmd.InOrStdin()), cmd.OutOrStdout(), environment(cmd)
		return exit(process.Run(cmd.Context(), func(ctx context.Context, _ runner.Runtime) error { return run(s, ctx) }))
	}
}

// choose asks for the platform.
func (s *setup) choose(ctx context.Context) error {
	var names []string
	for _, platform := range setups {
		names = append(names, platform.name)
	}
	wanted, err := s.ask("Which platform? " + strings.Join(names, ", ") + ": ")
	if err != nil {
		return err
	}
	for _, platform := range setups {
		if strings.EqualFold(wanted, platform.name) {
			return platform.run(s, ctx)
		}
	}
	return fmt.Errorf("%q is none of %s", wanted, strings.Join(names, ", "))
}

// askTimeout bounds one question to a platform.
const askTimeout = 15 * time.Second

// try asks a platform.
func try(ctx context.Context, question func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	return question(ctx)
}

// ask asks a question that must be answered.
func (s *setup) ask(question string) (string, error) {
	answer, err := s.may(question)
	if err == nil && answer == "" {
		err = errors.New("nothing was entered")
	}
	return answer, err
}

// may asks a question that may be left open.
func (s *setup) may(question string) (string, error) {
	fmt.Fprint(s.out, question)
	line, err := s.in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	return strings.TrimSpace(line), nil
}

// accept prints what was found, and fails when something does not work.
func (s *setup) accept(findings []check.Finding) error {
	var problems []error
	for _, f := range findings {
		if f.Status == check.Problem {
			problems = append(problems, fmt.Errorf("%s: %s; %s", f.Check, f.Detail, f.Fix))
			continue
		}
		fmt.Fprintf(s.out, "   %s %s: %s\n", marks[f.Status], f.Check, f.Detail)
		if f.Fix != "" {
			fmt.Fprintf(s.out, "      → %s\n", f.Fix)
		}
	}
	return errors.Join(problems...)
}

// write puts the variables into the file.
func (s *setup) write(set map[string]string) error {
	for name, value := range set {
		if value == "" {
			delete(set, name)
		}
	}
	if s.project != "" {
		return s.writeProject(set)
	}
	if err := writeVariables(s.file, set); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "   Written to %s. Now: make up, or bellhop up with these variables; bellhop doctor looks at all of it.\n", s.file)
	return nil
}

// apiURL is a platform's address where it is not the usual one.
func (s *setup) apiURL(variable string, usual string) string {
	if url, ok := s.lookup(variable); ok && url != "" {
		return url
	}
	return usual
}
