package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/services/notifier"
)

func webhookCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "webhook",
		Short: "Look at the webhooks to your servers, try them, or enable one that has answered 410",
		Long: `Look at the webhooks to your servers. "webhook" is what EVENTS_WEBHOOK_URL names, "backend" what BACKEND_WEBHOOK_URL names,
and "pusher-1" and so on are those of PUSHER_WEBHOOK_URL and PUSHER_WEBHOOKS, in their order. The latter are never disabled.

state and enable need an address of the bus: NATS_URL or --nats-url. An embedded bus has one when ` + "`bellhop up`" + ` was given --nats-addr.`,
	}
	cmd.PersistentFlags().String("nats-url", "", "the bus (NATS_URL)")
	project := cmd.PersistentFlags().String("project", string(id.Default), "whose webhooks")
	state := &cobra.Command{Use: "state", Short: "Say which are disabled or fail, and what waits", Args: cobra.NoArgs}
	state.RunE = func(cmd *cobra.Command, _ []string) error {
		return onBus(cmd, func(ctx context.Context, b *bus.Bus) error {
			if err := printWebhooks(ctx, b, id.Project(*project), cmd.OutOrStdout()); err != nil {
				return err
			}
			return printChannelWebhooks(ctx, b, id.Project(*project), cmd.OutOrStdout())
		})
	}
	enable := &cobra.Command{
		Use: "enable <name>", Short: "Send to one again that has answered 410, beginning with what it answered so",
		Args: cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs), ValidArgs: notifier.WebhookNames,
	}
	enable.RunE = func(cmd *cobra.Command, args []string) error {
		return onBus(cmd, func(ctx context.Context, b *bus.Bus) error {
			return notifier.EnableWebhook(ctx, b, id.Project(*project), args[0])
		})
	}
	cmd.PersistentPreRunE = func(*cobra.Command, []string) error {
		_, err := id.ParseProject(*project)
		return err
	}
	cmd.AddCommand(state, enable, webhookTest())
	return cmd
}

func printWebhooks(ctx context.Context, b *bus.Bus, p id.Project, out io.Writer) error {
	for _, name := range notifier.WebhookNames {
		state, err := notifier.Webhook(ctx, b, p, name)
		if err != nil {
			return err
		}
		stands := "enabled"
		if !state.DisabledAt.IsZero() {
			stands = "disabled by a 410 at " + state.DisabledAt.Local().Format(time.DateTime)
		}
		waits := "nothing waits"
		if state.Waiting > 0 {
			waits = fmt.Sprintf("%d sessions wait, the oldest event since %s", state.Waiting, state.Oldest.Local().Format(time.DateTime))
		}
		fmt.Fprintf(out, "%-8s %s; %s\n", name, stands, waits)
	}
	return nil
}

func printChannelWebhooks(ctx context.Context, b *bus.Bus, p id.Project, out io.Writer) error {
	all, err := notifier.ChannelWebhooks(ctx, b, p)
	for _, state := range all {
		stands := "takes what it is told"
		switch {
		case !state.Served:
			stands = "is told nothing: no notifier has it in its configuration"
		case !state.Failing.IsZero():
			stands = "has not taken anything since " + state.Failing.Local().Format(time.DateTime)
		}
		fmt.Fprintf(out, "%-8s of the Pusher app %s %s\n", state.Name, state.App, stands)
	}
	return err
}

func webhookTest() *cobra.Command {
	cmd := &cobra.Command{
		Use: "test", Short: "Send an event of the type test to every address that is configured, and to those of a Pusher app one that tells of nothing",
		Args: cobra.NoArgs,
	}
	file := cmd.Flags().String("file", ".env", "file of variables, as init writes it; the environment's own win")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		variables, err := readVariables(*file)
		if err != nil {
			return err
		}
		lookup := over(environment(cmd), variables)
		process := runner.Process{Name: "webhook", Lookup: quiet(lookup), Stderr: cmd.ErrOrStderr()}
		return exit(process.Run(cmd.Context(), func(ctx context.Context, _ runner.Runtime) error {
			var cfg webhooks
			if err := config.Load(&cfg, lookup); err != nil {
				return err
			}
			return cfg.try(ctx, cmd.OutOrStdout())
		}))
	}
	return cmd
}

// webhooks are those of a project, or of several.
type webhooks struct {
	Project  id.Project `projects:"name"`
	Projects []webhooks `projects:"each"`
	Webhook  notifier.WebhookConfig
	Channels notifier.ChannelWebhookConfig
}

func (w webhooks) try(ctx context.Context, out io.Writer) error {
	if len(w.Projects) == 0 {
		return w.tryAll(ctx, out)
	}
	var failed []error
	for _, p := range w.Projects {
		if p.Webhook.EventsURL == "" && p.Webhook.BackendURL == "" && !p.Channels.On() {
			continue
		}
		fmt.Fprintf(out, "project %s\n", p.Project)
		if err := p.tryAll(ctx, out); err != nil {
			failed = append(failed, fmt.Errorf("project %s: %w", p.Project, err))
		}
	}
	return errors.Join(failed...)
}

func (w webhooks) tryAll(ctx context.Context, out io.Writer) error {
	outcome := notifier.TryWebhooks(ctx, w.Webhook, w.Channels)
	if len(outcome) == 0 {
		return errors.New("no webhook is configured: set EVENTS_WEBHOOK_URL, BACKEND_WEBHOOK_URL or PUSHER_WEBHOOK_URL")
	}
	var failed []error
	for _, name := range slices.Sorted(maps.Keys(outcome)) {
		if err := outcome[name]; err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", name, err))
			continue
		}
		fmt.Fprintf(out, "%s: taken\n", name)
	}
	return errors.Join(failed...)
}
