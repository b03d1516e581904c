package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

const needsAPI = `

It asks the gateway's API: BELLHOP_URL or --url says where, API_KEY opens it.`

func eraseCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "erase",
		Short: "Erase everything of a visitor or of one session",
		Long: `Erase everything of a visitor or of one session: in the bus, the store, the files, the dead letters, and on the platforms as far
as they allow. Once it has begun it goes on, whatever happens to the services; this command waits until it has ended, and prints what
became of each part.` + needsAPI,
	}
	addAPIFlags(cmd)
	for noun, path := range map[string]string{"visitor": "/api/v1/visitors/", "session": "/api/v1/sessions/"} {
		sub := &cobra.Command{Use: noun + " <id>", Short: "Erase everything of a " + noun, Args: cobra.ExactArgs(1)}
		sub.RunE = func(cmd *cobra.Command, args []string) error {
			return onAPI(cmd, func(ctx context.Context, a api) error {
				return erase(ctx, a, path+url.PathEscape(args[0]), cmd.OutOrStdout())
			})
		}
		cmd.AddCommand(sub)
	}
	status := &cobra.Command{Use: "status <erasure id>", Short: "Say how far an erasure is", Args: cobra.ExactArgs(1)}
	status.RunE = func(cmd *cobra.Command, args []string) error {
		return onAPI(cmd, func(ctx context.Context, a api) error {
			report, err := erasureReport(ctx, a, args[0])
			if err != nil {
				return err
			}
			report.print(cmd.OutOrStdout())
			return nil
		})
	}
	cmd.AddCommand(status)
	return cmd
}

func exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export <visitor id>",
		Short: "Write everything that is held of a visitor as JSON",
		Long: `Write everything that is held of a visitor as one JSON object: sessions, messages, custom events, ratings, and links to files that
are good for a day.` + needsAPI,
		Args: cobra.ExactArgs(1),
	}
	addAPIFlags(cmd)
	file := cmd.Flags().StringP("output", "o", "", "a file to be written instead of the standard output; only its owner may read it")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return onAPI(cmd, func(ctx context.Context, a api) error {
			path := "/api/v1/visitors/" + url.PathEscape(args[0]) + "/export"
			if *file == "" {
				return a.copy(ctx, path, cmd.OutOrStdout())
			}
			return exportTo(ctx, a, path, *file)
		})
	}
	return cmd
}

func exportTo(ctx context.Context, a api, path, file string) (err error) {
	out, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	defer func() {
		if closing := out.Close(); err == nil {
			err = closing
		}
	}()
	return a.copy(ctx, path, out)
}

func addAPIFlags(cmd *cobra.Command) {
	cmd.PersistentFlags().String("url", "", "where the gateway is (BELLHOP_URL)")
}

// onAPI runs what needs the gateway's API.
func onAPI(cmd *cobra.Command, run func(context.Context, api) error) error {
	lookup := environment(cmd)
	process := runner.Process{Name: cmd.CommandPath(), Lookup: lookup, Stderr: cmd.ErrOrStderr()}
	return exit(process.Run(cmd.Context(), func(ctx context.Context, _ runner.Runtime) error {
		var a api
		if err := config.Load(&a, lookup); err != nil {
			return err
		}
		return run(ctx, a)
	}))
}

// report is what the API says of an erasure.
type report struct {
	ID       string
	State    string
	Sessions []struct {
		SessionID string
		State     string
		Parts     map[string]struct {
			State   string
			Removed int
			Left    int
			Why     string
		}
	}
}

// reportEvery is how often is asked how far an erasure is.
const reportEvery = 500 * time.Millisecond

// erase begins an erasure and waits for its end.
func erase(ctx context.Context, a api, path string, out io.Writer) error {
	var begun struct {
		ErasureID string
		Sessions  int
	}
	if err := a.call(ctx, http.MethodDelete, path, &begun); err != nil {
		return err
	}
	fmt.Fprintf(out, "erasure %s of %d sessions has begun\n", begun.ErasureID, begun.Sessions)
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	for {
		r, err := erasureReport(ctx, a, begun.ErasureID)
		if err != nil {
			return err
		}
		if r.State != "pending" {
			r.print(out)
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			fmt.Fprintf(out, "it goes on: bellhop erase status %s\n", begun.ErasureID)
			return nil
		}
	}
}

func erasureReport(ctx context.Context, a api, erasureID string) (r report, err error) {
	err = a.call(ctx, http.MethodGet, "/api/v1/erasures/"+url.PathEscape(erasureID), &r)
	return r, err
}

// print writes a line for each part of each session.
func (r report) print(out io.Writer) {
	fmt.Fprintf(out, "erasure %s: %s\n", r.ID, r.State)
	for _, s := range r.Sessions {
		for _, name := range slices.Sorted(maps.Keys(s.Parts)) {
			p := s.Parts[name]
			fmt.Fprintf(out, "  …%s %-9s %-8s %d removed, %d left", s.SessionID[max(0, len(s.SessionID)-6):], name, p.State, p.Removed, p.Left)
			if p.Why != "" {
				fmt.Fprintf(out, ": %s", p.Why)
			}
			fmt.Fprintln(out)
		}
	}
}
