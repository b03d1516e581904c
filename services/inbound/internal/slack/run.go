package slack

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/platform/slack"
)

// closeWithin is how long Close waits for what is being handed in before it breaks it off: Slack sends it again.
const closeWithin = 5 * time.Second

// Run receives until ctx ends: over a socket, unless Slack can post to Webhook. Of all replicas one at a time also sees to what was written
// while nobody was listening.
func (b *Bot) Run(ctx context.Context, owner string) error {
	var parts sync.WaitGroup
	if b.cfg.SocketMode(b.public) {
		parts.Go(func() { b.listen(ctx) })
	}
	err := b.opts.Desk.Bus.Hold(ctx, "inbound-"+platform+"-"+b.cfg.Account(), owner, b.log, b.watch)
	parts.Wait()
	return err
}

// Answer sends answers to operators until ctx ends, and then those that wait.
func (b *Bot) Answer(ctx context.Context) error { return b.answers.run(ctx) }

// Identify asks Slack who the bot is until it knows, and says what the bot lacks.
func (b *Bot) Identify(ctx context.Context) error {
	for delay := firstDelay; ; delay = min(2*delay, lastDelay) {
		me, err := b.identity(ctx)
		if err == nil {
			b.problems.set(theBot, "")
			b.check(ctx, me)
			return nil
		}
		if ctx.Err() != nil {
			return nil
		}
		if personal(err) {
			b.problems.set(theBot, "Slack does not know the bot: is SLACK_BOT_TOKEN right? "+err.Error())
		}
		b.log.Warn("bot does not know who it is yet", zap.Stringer("kind", slack.KindOf(err)), zap.Error(err))
		if !sleep(ctx, pause(err, delay)) {
			return nil
		}
	}
}

// check warns of what will not work.
func (b *Bot) check(ctx context.Context, me slack.Identity) {
	channel, err := b.client.ChannelInfo(ctx, b.cfg.Channel)
	problem := ""
	missing := slices.DeleteFunc(slack.MissingScopes(me.Scopes, channel.Private), func(scope string) bool {
		return channel.Member && scope == slack.ScopeJoin
	})
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		problem = "the channel " + b.cfg.Channel + " cannot be looked at: " + err.Error()
	case channel.Archived:
		problem = "the channel " + b.cfg.Channel + " is archived"
	case !channel.Member && channel.Private:
		problem = "the bot is not in its channel: write /invite @" + me.User + " there"
	case me.Scopes != nil && len(missing) > 0:
		problem = "the app lacks scopes, add them and install it again: " + strings.Join(missing, ", ")
	}
	b.problems.set(theChannel, problem)
	if problem != "" {
		b.log.Warn(problem)
	}
}

// Close waits for what is being handed in, and ends idle connections to Slack. It belongs after Webhook and Run have ended.
func (b *Bot) Close() {
	breakOff := time.AfterFunc(closeWithin, b.end)
	b.handing.Wait()
	breakOff.Stop()
	b.end()
	b.client.CloseIdleConnections()
}
