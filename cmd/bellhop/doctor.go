package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bellhop-chat/bellhop/internal/check"
	"github.com/bellhop-chat/bellhop/internal/durability"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/mtls"
	"github.com/bellhop-chat/bellhop/internal/platform/claim"
	"github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	"github.com/bellhop-chat/bellhop/services/inbound"
)

// examineTimeout bounds the look at one platform.
const examineTimeout = 30 * time.Second

// doctorConfig is what is looked at.
type doctorConfig struct {
	// Project is whose settings these are, and Projects has them for each when a file names several.
	Project  id.Project     `projects:"name"`
	Projects []doctorConfig `projects:"each"`

	Telegram telegram.Config
	Discord  discord.Config
	Slack    slack.Config

	PublicURL *url.URL `env:"PUBLIC_URL"`
	NATSURL   string   `env:"NATS_URL" secret:"true"`
	NATSAddr  string   `env:"NATS_ADDR"`
	Access    upstream.Access
	// SessionsAddr and TLS are how the services call each other.
	SessionsAddr string `env:"SESSIONS_ADDR"`
	TLS          mtls.Config
	// Storage is what the bus's storage must be.
	Storage durability.Config

	deep, json bool
}

func doctorCommand() *cobra.Command {
	var cfg doctorConfig
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at everything that can be wrong, and say how to mend it",
		Long: `Try tokens, rights, topics, intents, scopes and the way in of every configured platform, compare the clock, and look at the bus.

It changes nothing, except that --deep makes and deletes topics. The exit code is 0 when everything works (there may be warnings), 1 when
something does not, and 2 when the configuration can't be read. The bus is looked at when it has an address: NATS_URL, or NATS_ADDR
of ` + "`bellhop up`" + `.`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().BoolVar(&cfg.json, "json", false, "print the findings as JSON")
	cmd.Flags().BoolVar(&cfg.deep, "deep", false, "also create, close and delete a topic in Telegram")
	cmd.Flags().String("nats-url", "", "the bus (NATS_URL)")
	file := cmd.Flags().String("file", ".env", "file of variables, as init writes it; the environment's own win")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		var findings []check.Finding
		variables, err := readVariables(*file)
		if err != nil {
			return err
		}
		lookup := over(environment(cmd), variables)
		process := runner.Process{Name: "doctor", Lookup: quiet(lookup), Stderr: cmd.ErrOrStderr()}
		code := process.Run(cmd.Context(), func(ctx context.Context, rt runner.Runtime) error {
			if err := config.Load(&cfg, lookup); err != nil {
				return err
			}
			findings = append(cfg.examineAll(ctx), cfg.examineBus(ctx, rt)...)
			findings = append(findings, cfg.examineCalls(ctx)...)
			return tell(cmd.OutOrStdout(), findings, cfg.json)
		})
		if code == runner.ExitOK && check.Worst(findings) == check.Problem {
			code = runner.ExitFailure
		}
		return exit(code)
	}
	return cmd
}

// over lays an environment over variables.
func over(lookup config.Lookup, variables map[string]string) config.Lookup {
	return func(name string) (string, bool) {
		if value, ok := lookup(name); ok {
			return value, true
		}
		value, ok := variables[name]
		return value, ok
	}
}

// quiet keeps what a command that speaks for itself logs to warnings, unless told otherwise.
func quiet(lookup config.Lookup) config.Lookup {
	return func(variable string) (string, bool) {
		value, ok := lookup(variable)
		if variable == "LOG_LEVEL" && !ok {
			return "warn", true
		}
		return value, ok
	}
}

// examineAll looks at the platforms of every project, and at what two share that they may not.
func (c doctorConfig) examineAll(ctx context.Context) []check.Finding {
	if len(c.Projects) == 0 {
		return c.examine(ctx)
	}
	var findings []check.Finding
	var all []claim.Project
	for _, p := range c.Projects {
		p.deep, p.json = c.deep, c.json
		for _, f := range p.examine(ctx) {
			f.Part = string(p.Project) + ": " + f.Part
			findings = append(findings, f)
		}
		all = append(all, claim.Project{Name: p.Project, Telegram: p.Telegram, Discord: p.Discord, Slack: p.Slack})
	}
	r := check.NewReport("projects")
	if err := claim.Check(all); err != nil {
		r.Fail("claims", err.Error(), "give each project a bot and a chat of its own")
	} else {
		r.OK("claims", fmt.Sprintf("%d projects, none with a bot or a chat of another", len(all)))
	}
	return append(findings, r.Findings()...)
}

// examine looks at the platforms and the clock.
func (c doctorConfig) examine(ctx context.Context) []check.Finding {
	var findings []check.Finding
	look := func(examine func(context.Context) []check.Finding) {
		ctx, cancel := context.WithTimeout(ctx, examineTimeout)
		defer cancel()
		findings = append(findings, examine(ctx)...)
	}
	var api string
	if c.Telegram.Configured() {
		look(c.examineTelegram)
		api = c.Telegram.APIURL
	}
	if c.Discord.Configured() {
		look(c.examineDiscord)
		api = c.Discord.APIURL
	}
	if c.Slack.Configured() {
		look(c.examineSlack)
		api = c.Slack.APIURL
	}
	if api == "" {
		r := check.NewReport("platforms")
		r.Fail("platforms", "none is configured, so nobody is told of new messages", "bellhop init telegram, discord or slack")
		return r.Findings()
	}
	look(func(ctx context.Context) []check.Finding { return check.Clock(ctx, http.DefaultClient, api) })
	http.DefaultClient.CloseIdleConnections()
	return findings
}

func (c doctorConfig) examineTelegram(ctx context.Context) []check.Finding {
	client := telegram.New(c.Telegram)
	defer client.CloseIdleConnections()
	e := telegram.Examination{Deep: c.deep}
	if c.Telegram.WebhookSecret != "" {
		e.WebhookURL = c.webhook("telegram")
	}
	return client.Examine(ctx, c.Telegram.ChatIDs(), e)
}

func (c doctorConfig) examineDiscord(ctx context.Context) []check.Finding {
	client := discord.New(c.Discord)
	defer client.CloseIdleConnections()
	return client.Examine(ctx, c.Discord, c.webhook("discord"))
}

func (c doctorConfig) examineSlack(ctx context.Context) []check.Finding {
	client := slack.New(c.Slack)
	defer client.CloseIdleConnections()
	return client.Examine(ctx, c.Slack, c.PublicURL != nil)
}

// webhook is where a platform posts; empty without a public URL.
func (c doctorConfig) webhook(platform string) string {
	if c.PublicURL == nil {
		return ""
	}
	return strings.TrimRight(c.PublicURL.String(), "/") + inbound.WebhookPath(platform, c.Project)
}

var marks = map[check.Status]string{check.OK: "✅", check.Warning: "⚠️ ", check.Problem: "❌"}

// tell prints the findings.
func tell(out io.Writer, findings []check.Finding, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		err := enc.Encode(struct {
			Status   check.Status    `json:"status"`
			Findings []check.Finding `json:"findings"`
		}{check.Worst(findings), findings})
		if err != nil {
			return fmt.Errorf("print findings: %w", err)
		}
		return nil
	}
	part := ""
	for _, f := range findings {
		if f.Part != part {
			part = f.Part
			fmt.Fprintf(out, "%s\n", part)
		}
		fmt.Fprintf(out, "  %s %s: %s\n", marks[f.Status], f.Check, f.Detail)
		if f.Fix != "" {
			fmt.Fprintf(out, "     → %s\n", f.Fix)
		}
	}
	return nil
}
