package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/auth"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// natsAuth is what all commands about the bus's users share.
type natsAuth struct {
	dir, account, kubernetes, namespace string
	projects                            []string
}

func natsAuthCommand() *cobra.Command {
	n := &natsAuth{}
	cmd := &cobra.Command{
		Use:   "nats-auth",
		Short: "Give every service and integrator a user of the bus, with its own rights",
		Long: `Make a key for each service and the command line that has none yet, and write what NATS servers are told of them.

The directory then has a seed for each user (` + "`gateway.nk`" + `, for NATS_CREDENTIALS; readable by its owner only), ` + "`" + auth.ServerFile + "`" + `, which the
servers' configuration includes at its top level, and users.json, which lists who there is. Only the seeds are secret; they may be
moved elsewhere. A key is never overwritten. Servers take changes when they are told to reload.`,
		Args: cobra.NoArgs,
	}
	flags := cmd.PersistentFlags()
	flags.StringVar(&n.dir, "out", "nats-auth", "the directory")
	flags.StringVar(&n.kubernetes, "kubernetes", "", "also write a ConfigMap and a Secret for each user into this file")
	flags.StringVar(&n.namespace, "namespace", "", "the namespace of these")
	cmd.Flags().StringVar(&n.account, "account", "", "the account that has Bellhop's streams; "+auth.Global+" where it has run without rights before (BELLHOP)")
	cmd.Flags().StringSliceVar(&n.projects, "project", nil, "projects, when there are several: the others are kept away from their consumers")
	cmd.RunE = n.change(func(cmd *cobra.Command, d *auth.Directory, _ []string) error {
		return n.installation(cmd, d)
	})
	revoke := &cobra.Command{Use: "revoke <integrator>", Short: "End an integrator's rights", Args: cobra.ExactArgs(1)}
	revoke.RunE = n.change(func(_ *cobra.Command, d *auth.Directory, args []string) error { return d.Revoke(args[0]) })
	rotate := &cobra.Command{Use: "rotate <user>", Short: "Give a user a new key; the one before stays good until it is retired", Args: cobra.ExactArgs(1)}
	rotate.RunE = n.change(func(_ *cobra.Command, d *auth.Directory, args []string) error { return d.Rotate(args[0]) })
	retire := &cobra.Command{Use: "retire <user>", Short: "End a user's keys but the newest", Args: cobra.ExactArgs(1)}
	retire.RunE = n.change(func(_ *cobra.Command, d *auth.Directory, args []string) error { return d.Retire(args[0]) })
	cmd.AddCommand(n.integrator(), revoke, rotate, retire)
	return cmd
}

// change runs a change of the directory, and writes it.
func (n *natsAuth) change(f func(*cobra.Command, *auth.Directory, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		d, err := auth.Open(n.dir)
		if err != nil {
			return err
		}
		if err := f(cmd, d, args); err != nil {
			return err
		}
		if err := d.Write(); err != nil {
			return err
		}
		if n.kubernetes != "" {
			return d.Kubernetes(n.kubernetes, n.namespace)
		}
		return nil
	}
}

// installation takes what is said of the whole of it.
func (n *natsAuth) installation(cmd *cobra.Command, d *auth.Directory) error {
	if cmd.Flags().Changed("account") {
		if err := d.In(n.account); err != nil {
			return err
		}
	}
	if len(n.projects) == 0 {
		return nil
	}
	projects, err := parseProjects(n.projects)
	d.For(projects...)
	return err
}

func parseProjects(names []string) (projects []id.Project, err error) {
	for _, name := range names {
		p, err := id.ParseProject(name)
		if err != nil {
			return nil, err
		}
		projects = append(projects, p)
	}
	return projects, nil
}

func (n *natsAuth) integrator() *cobra.Command {
	var i bus.Integrator
	var projects, types []string
	cmd := &cobra.Command{
		Use:   "integrator <name>",
		Short: "Give a program of yours rights to events, or other rights than it had",
		Long: `Give a program of yours rights to what happens in some projects: to be told as it happens, and with --durable by consumers of the stream
that keep its place. With --commands it may send messages, emit events and close sessions. Replies come to _INBOX_<name> only.`,
		Args: cobra.ExactArgs(1),
	}
	cmd.Flags().StringSliceVar(&projects, "project", []string{string(id.Default)}, "projects that it may see")
	cmd.Flags().StringSliceVar(&types, "type", nil, "types of events that it may see, such as message.created; all without it")
	cmd.Flags().BoolVar(&i.Durable, "durable", false, "it may have consumers of the stream")
	cmd.Flags().BoolVar(&i.Commands, "commands", false, "it may send, emit and close")
	cmd.Flags().StringSliceVar(&i.Apps, "app", nil, "ids of Pusher apps whose channels it may hear and publish to")
	cmd.RunE = n.change(func(cmd *cobra.Command, d *auth.Directory, args []string) (err error) {
		i.Name, i.Types = args[0], nil
		if i.Projects, err = parseProjects(projects); err != nil {
			return err
		}
		for _, t := range types {
			i.Types = append(i.Types, bus.Type(t))
		}
		if err := d.Admit(i); err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "seed %s\ninbox prefix %s\n", d.SeedFile(i.Name), bus.Inbox(i.Name))
		consumers := i.Consumers()
		for _, name := range slices.Sorted(maps.Keys(consumers)) {
			fmt.Fprintf(cmd.OutOrStdout(), "consumer %s filter %s\n", name, consumers[name])
		}
		return nil
	})
	return cmd
}
