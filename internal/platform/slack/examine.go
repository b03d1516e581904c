package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/check"
)

// Examine looks at everything that an app needs: token, scopes, channel, the way in. public tells that Slack can post here. It
// changes nothing.
func (c *Client) Examine(ctx context.Context, cfg Config, public bool) []check.Finding {
	r := check.NewReport("slack")
	if cfg.WebhookMode() {
		r.OK("webhook", "is configured; Slack tells nothing of one without posting to it")
		r.Warn("answers", "an incoming webhook only sends: nobody can answer from Slack", "make an app and set SLACK_BOT_TOKEN and SLACK_CHANNEL_ID")
		return r.Findings()
	}
	me, err := c.AuthTest(ctx)
	if err != nil {
		r.Fail("token", "Slack does not take it: "+err.Error(), "install the app to the workspace and copy the bot token (xoxb-) into SLACK_BOT_TOKEN")
		return r.Findings()
	}
	r.OK("token", fmt.Sprintf("the bot is @%s in %s", me.User, me.Team))
	c.examineChannel(ctx, r, cfg.Channel, me.Scopes)
	c.examineWayIn(ctx, r, cfg, public)
	return r.Findings()
}

func examineScopes(r *check.Report, have []string, channel Channel) {
	if have == nil {
		return // Slack does not say so everywhere
	}
	missing := MissingScopes(have, channel.Private)
	if channel.Member { // there is nothing to join
		missing = slices.DeleteFunc(missing, func(scope string) bool { return scope == joinChannel.scope })
	}
	if len(missing) > 0 {
		r.Warn("scopes", "missing: "+strings.Join(missing, ", "), "add them in the app's settings (OAuth & Permissions) and install the app again")
		return
	}
	r.OK("scopes", "all that are needed")
}

func (c *Client) examineChannel(ctx context.Context, r *check.Report, channelID string, scopes []string) {
	channel, err := c.ChannelInfo(ctx, channelID)
	examineScopes(r, scopes, channel)
	switch {
	case err != nil:
		r.Fail("channel", "cannot be seen: "+err.Error(), "invite the bot to the channel, and check SLACK_CHANNEL_ID")
	case channel.Archived:
		r.Fail("channel", "#"+channel.Name+" is archived", "unarchive it, or name another in SLACK_CHANNEL_ID")
	case !channel.Member && channel.Private:
		r.Fail("channel", "the bot is not in #"+channel.Name, "write /invite @bellhop in the channel")
	case !channel.Member:
		r.Warn("channel", "the bot is not in #"+channel.Name+"; it joins when it posts", "or write /invite @bellhop in the channel")
	case channel.External:
		r.Warn("channel", "#"+channel.Name+" is shared with another organisation, whose people would read the conversations", "use a channel of your own")
	default:
		r.OK("channel", "#"+channel.Name)
	}
}

func (c *Client) examineWayIn(ctx context.Context, r *check.Report, cfg Config, public bool) {
	if !cfg.SocketMode(public) {
		if !cfg.Signed() || !public {
			r.Fail("events", "Slack has no way in: nobody can answer from Slack", "set SLACK_APP_TOKEN (Socket Mode), or PUBLIC_URL and SLACK_SIGNING_SECRET")
			return
		}
		r.OK("events", "posted to PUBLIC_URL, verified by SLACK_SIGNING_SECRET")
		return
	}
	const fix = "switch on Socket Mode in the app's settings, and give SLACK_APP_TOKEN the scope connections:write"
	socket, err := c.OpenSocket(ctx)
	if err != nil {
		r.Fail("socket mode", err.Error(), fix)
		return
	}
	// An event that comes over this connection is not confirmed: Slack sends it again to Bellhop's own.
	defer socket.Close()
	defer context.AfterFunc(ctx, socket.Close)()
	switch first, err := socket.Read(); {
	case err != nil:
		r.Fail("socket mode", err.Error(), fix)
	case first.Type == EnvelopeDisconnect:
		r.Fail("socket mode", "Slack ends the connection: "+first.Reason, fix)
	default:
		r.OK("socket mode", "a connection was opened")
	}
}
