package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/bellhop-chat/bellhop/internal/apikey"
	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func keyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Make, list and revoke keys of the HTTP API",
		Long: `Make, list and revoke keys of the HTTP API. API_KEY of the environment is one more, and is not listed.

It needs an address of the bus: NATS_URL or --nats-url. An embedded bus has one when ` + "`bellhop up`" + ` was given --nats-addr.`,
	}
	cmd.PersistentFlags().String("nats-url", "", "the bus (NATS_URL)")
	list := &cobra.Command{Use: "list", Short: "List the keys, oldest first, and when each was used last", Args: cobra.NoArgs}
	list.RunE = func(cmd *cobra.Command, _ []string) error {
		return onBus(cmd, func(ctx context.Context, b *bus.Bus) error { return listKeys(ctx, b, cmd.OutOrStdout()) })
	}
	revoke := &cobra.Command{Use: "revoke <id>...", Short: "End keys: within a second they open nothing", Args: cobra.MinimumNArgs(1)}
	revoke.RunE = func(cmd *cobra.Command, args []string) error {
		return onBus(cmd, func(ctx context.Context, b *bus.Bus) error { return revokeKeys(ctx, b, args, cmd.OutOrStdout()) })
	}
	cmd.AddCommand(keyCreate(), list, revoke)
	return cmd
}

func keyCreate() *cobra.Command {
	var scopes, project string
	cmd := &cobra.Command{Use: "create <name>", Short: "Make a key and print it: it cannot be shown again", Args: cobra.ExactArgs(1)}
	cmd.Flags().StringVar(&scopes, "scope", "read,write", "what it may do: read, write")
	cmd.Flags().StringVar(&project, "project", "", "the only project that it opens; all without it")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		may, err := apikey.ParseScopes(scopes)
		if err != nil {
			return err
		}
		var only id.Project
		if project != "" {
			if only, err = id.ParseProject(project); err != nil {
				return err
			}
		}
		return onBus(cmd, func(ctx context.Context, b *bus.Bus) error {
			key, token, err := apikey.Create(ctx, b.Notebook(), args[0], only, may, time.Now())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "key %s (%s). Keep it: it cannot be shown again.\n", key.ID, key.Name)
			fmt.Fprintln(cmd.OutOrStdout(), token)
			return nil
		})
	}
	return cmd
}

func listKeys(ctx context.Context, b *bus.Bus, out io.Writer) error {
	all, err := apikey.List(ctx, b.Notebook())
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(out, "There are no keys.")
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tNAME\tSCOPES\tPROJECT\tMADE\tLAST USED")
	for _, k := range all {
		used, project := "never", "all"
		if !k.LastUsed.IsZero() {
			used = k.LastUsed.Local().Format(time.DateTime)
		}
		if k.Project != "" {
			project = string(k.Project)
		}
		var scopes []string
		for _, s := range k.Scopes {
			scopes = append(scopes, string(s))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, strings.Join(scopes, ","), project, k.CreatedAt.Local().Format(time.DateTime), used)
	}
	return table.Flush()
}

func revokeKeys(ctx context.Context, b *bus.Bus, ids []string, out io.Writer) error {
	var failed []error
	for _, keyID := range ids {
		switch err := apikey.Revoke(ctx, b.Notebook(), keyID); {
		case errors.Is(err, apikey.ErrUnknown):
			failed = append(failed, fmt.Errorf("there is no key %q: bellhop key list shows them", keyID))
		case err != nil:
			failed = append(failed, err)
		default:
			fmt.Fprintf(out, "%s: revoked\n", keyID)
		}
	}
	return errors.Join(failed...)
}
