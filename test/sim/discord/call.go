package discord

import (
	"net/http"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
	"github.com/bellhop-chat/bellhop/test/sim/quota"
)

// call is one call of the REST API in progress. Server.mu is held for all of its life, but where a route says otherwise.
type call struct {
	s        *Server
	w        *world
	r        *http.Request
	log      *Request
	body     *body
	form     *form
	now      time.Time
	arrived  time.Time     // the machine's time, to tell what the client could know
	bucket   *bucket       // whose headers the answer has
	told     *quota.Freeze // the retry-after that the answer speaks of
	status   int           // of a success; 0 is 200, and a nil result is 204
	warnings []string
}

// perform charges the call and runs it.
func (c *call) perform(rt route) (any, *apiError) {
	if err := c.charge(rt.bucket, c.resource(rt.bucket)); err != nil {
		return nil, err
	}
	return rt.run(c)
}

// resource is the top-level resource that a bucket is of.
func (c *call) resource(bucket string) string {
	if bucket == bucketWebhook && c.r.PathValue("webhook") == c.w.App.ID { // each interaction's token is a webhook of its own
		token := c.r.PathValue("token")
		for _, i := range c.w.Interactions {
			if i.Token == token {
				return "of interaction " + i.ID
			}
		}
	}
	for _, name := range []string{"webhook", "channel", "guild"} {
		if id := c.r.PathValue(name); id != "" {
			return id
		}
	}
	return ""
}

func (c *call) withHeaders(a fault.Answer) fault.Answer {
	if c.bucket != nil && a.Header != nil && a.Header.Get("X-RateLimit-Scope") == "" {
		c.bucket.headers(a.Header, c.now)
	}
	return a
}

func (c *call) warn(text string) { c.warnings = append(c.warnings, text) }

// channel finds the channel of the path, if the bot sees it.
func (c *call) channel() (*channel, *apiError) { return c.seen(c.r.PathValue("channel")) }

func (c *call) seen(id string) (*channel, *apiError) {
	ch := c.w.Channels[id]
	switch {
	case !isID(id):
		return nil, c.badID("channel_id", id)
	case ch == nil || ch.Deleted:
		return nil, errUnknownChannel
	case c.w.Guild.Left || !c.w.may(ch, permViewChannel):
		return nil, errMissingAccess
	}
	return ch, nil
}

// badID is how Discord refuses a path that holds no snowflake.
func (c *call) badID(name, id string) *apiError {
	f := newForm(nil)
	f.fail(name, "NUMBER_TYPE_COERCE", "Value \""+clip(id, 50)+"\" is not snowflake.")
	return f.err()
}

// message finds the channel and the message of the path.
func (c *call) message() (*channel, *Message, *apiError) {
	ch, err := c.channel()
	if err != nil {
		return nil, nil, err
	}
	id := c.r.PathValue("message")
	if !isID(id) {
		return nil, nil, c.badID("message_id", id)
	}
	m := c.w.live(ch.ID, id)
	if m == nil || m.OnlyFor != "" {
		return nil, nil, errUnknownMessage
	}
	return ch, m, nil
}

// guild finds the guild of the path.
func (c *call) guild() *apiError {
	if c.r.PathValue("guild") != c.w.Guild.ID || c.w.Guild.Left {
		return errUnknownGuild
	}
	return nil
}

// need refuses unless the bot has the permissions in the channel.
func (c *call) need(ch *channel, bits uint64) *apiError {
	if !c.w.may(ch, bits) {
		return errMissingPermissions
	}
	return nil
}
