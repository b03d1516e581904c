package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/catalogue"
)

func eventsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "events",
		Short: "What there is on the bus: list the types of events, print a schema, follow what happens",
		Args:  cobra.NoArgs,
	}
	list := &cobra.Command{
		Use:   "list",
		Short: "List the types of events: who publishes each, and what it says",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, e := range catalogue.All() {
				fmt.Fprintf(out, "%s\t%s\t%s\n", e.Type, strings.Join(e.By, ", "), e.Says)
			}
			return out.Flush()
		},
	}
	schema := &cobra.Command{
		Use:               "schema TYPE",
		Short:             "Print the JSON Schema of a type of event, for example message.created",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.FixedCompletions(typeNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			e, ok := catalogue.Of(args[0])
			if !ok {
				return fmt.Errorf("%q is none of %v", args[0], bus.Types())
			}
			var indented bytes.Buffer
			if err := json.Indent(&indented, e.Schema, "", "  "); err != nil {
				return fmt.Errorf("print the schema: %w", err)
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\n", &indented)
			return err
		},
	}
	cmd.AddCommand(list, schema, tailCommand())
	return cmd
}

func typeNames() (names []string) {
	for _, t := range bus.Types() {
		names = append(names, string(t))
	}
	return names
}
