package discord

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/platform/discord/gateway"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/command"
)

// fatalPause is when a gateway is tried again that only a person can mend: 144 sessions a day of Discord's 1000.
const fatalPause = 10 * time.Minute

// Run listens to the gateway until ctx ends. Of all replicas one at a time does so.
func (b *Bot) Run(ctx context.Context, owner string) error {
	if !b.cfg.CanReceive() {
		return nil
	}
	lease := "inbound-" + Name + "-" + b.cfg.BotID()
	return b.desk.Bus.Hold(ctx, lease, owner, b.log, func(ctx context.Context) error {
		for ctx.Err() == nil {
			err := b.listen(ctx)
			pause := firstDelay
			if fatal, ok := errors.AsType[*gateway.Fatal](err); ok {
				b.tell(fatal.Advice)
				b.log.Error("Discord's gateway is closed to the bot", zap.Int("code", fatal.Code), zap.String("advice", fatal.Advice))
				pause = fatalPause
			} else if err != nil && ctx.Err() == nil {
				b.log.Warn("listening is interrupted", zap.Error(err))
			}
			sleep(ctx, pause)
		}
		return nil
	})
}

// listen goes on where the mark is, until ctx ends or the gateway does.
func (b *Bot) listen(ctx context.Context) error {
	n := b.note()
	from, err := n.load(ctx)
	if err != nil {
		return fmt.Errorf("read how far the bot has come: %w", err)
	}
	s := b.newShift(n, from)
	// It keeps until nothing is handed over any more: only then can it be waited for what was.
	keeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		s.keep(keeping)
	}()
	err = gateway.Run(ctx, gateway.Options{
		Token: b.cfg.Token, Intents: api.AllIntents, Info: b.client.GetGateway, Handle: s.take, Tell: b.tell, Log: b.log, Pause: b.pause,
	}, from.Session)
	stop()
	<-kept
	return err
}

// Answer sends answers to operators until ctx ends, and then those that wait.
func (b *Bot) Answer(ctx context.Context) error { return b.answers.run(ctx) }

// Identify asks Discord what the bot is, until it knows, and offers the commands in the channel's server.
func (b *Bot) Identify(ctx context.Context) error {
	app, err := patiently(ctx, b, "the application", b.client.GetApplication)
	if err != nil {
		return b.unknown(ctx, err)
	}
	b.application.Store(&app.ID)
	if !app.ReadsMessages() && b.cfg.EnableGateway {
		b.log.Warn("Message Content Intent is off: switch it on, on the application's Bot page")
	}
	if app.InteractionsURL != "" && !b.cfg.CanVerify() {
		b.log.Warn("the application has an Interactions Endpoint URL, so buttons and commands do not come by the gateway: remove it, or set DISCORD_PUBLIC_KEY")
	}
	channel, err := patiently(ctx, b, "the channel", func(ctx context.Context) (api.Channel, error) { return b.client.GetChannel(ctx, b.cfg.Channel) })
	if err != nil {
		return b.unknown(ctx, err)
	}
	b.guild.Store(&channel.GuildID)
	_, err = patiently(ctx, b, "the commands", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, b.client.SetCommands(ctx, app.ID, channel.GuildID, commands())
	})
	if err != nil && ctx.Err() == nil {
		b.log.Warn("commands are not offered; typed ones work", zap.Error(err))
	}
	return nil
}

// unknown is what Discord refuses to tell: the gateway or the notifier will say so more clearly.
func (b *Bot) unknown(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		b.log.Warn("the bot does not know its channel", zap.Error(err))
	}
	return nil
}

// commands are what is offered after a slash: what can be typed, but for what needs a message to reply to, and a way to answer.
func commands() []api.Command {
	offered := []api.Command{{
		Name: commandReply, Description: "say something to the visitor", Type: api.CommandSlash,
		Options: []api.CommandOption{{Type: api.OptionString, Name: optionMessage, Description: "what", Required: true}},
	}}
	for _, c := range command.All() {
		if c.Name == "delete" {
			continue
		}
		offer := api.Command{Name: c.Name, Description: c.Help, Type: api.CommandSlash}
		if c.Name == "ai" {
			offer.Options = []api.CommandOption{{Type: api.OptionString, Name: "state", Description: "on or off", Required: true}}
		}
		offered = append(offered, offer)
	}
	return offered
}
