package slack

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/quota"
)

// call is one method call in progress. Server.mu is held for all of its life.
type call struct {
	s       *Server
	p       *params
	m       method
	now     time.Time
	arrived time.Time     // the machine's time, to tell what the client could know
	codes   []string      // warnings of the answer
	told    *quota.Freeze // the Retry-After that the answer speaks of
	denied  bool          // refused for its rate
	broke   bool          // sent while a Retry-After was in force
}

// run does everything in the order of the real API: the token, the rate, the scopes, the arguments, the method.
func (c *call) run() (fields, *apiError) {
	if c.m.name != "api.test" {
		if err := c.authenticate(); err != nil {
			return nil, err
		}
	}
	if err := c.charge(); err != nil {
		return nil, err
	}
	if err := c.permit(); err != nil {
		return nil, err
	}
	if c.p.json && c.m.formOnly {
		c.p.warn("the method does not read JSON")
		c.p.values = map[string]string{}
	}
	for _, field := range c.m.required {
		if c.p.values[field] == "" {
			return nil, missing(field)
		}
	}
	return c.m.run(c)
}

func (c *call) authenticate() *apiError {
	w := c.s.world
	switch {
	case c.p.token == "":
		return refuse("not_authed")
	case c.p.token != w.Token && c.p.token != w.AppToken:
		return refuse("invalid_auth")
	case w.Gone != "":
		return refuse(w.Gone)
	case c.m.name != "auth.test" && (c.p.token == w.AppToken) != c.m.app && c.m.name != "api.test":
		return refuse("not_allowed_token_type")
	}
	return nil
}

// granted are the scopes of a token.
func (s *Server) granted(token string) (string, bool) {
	switch token {
	case "":
		return "", false
	case s.world.Token:
		return names(s.world.Scopes), true
	case s.world.AppToken:
		return names(s.world.AppScopes), true
	}
	return "", false
}

func names(set map[string]bool) string {
	has := slices.DeleteFunc(slices.Sorted(maps.Keys(set)), func(name string) bool { return !set[name] })
	return strings.Join(has, ",")
}

// permit checks the method's scope.
func (c *call) permit() *apiError {
	scopes := c.s.world.Scopes
	if c.m.app {
		scopes = c.s.world.AppScopes
	}
	wanted := c.m.scopes
	if id := c.p.values["channel"]; len(wanted) == 2 && strings.HasPrefix(wanted[1], "groups:") && id != "" {
		wanted = wanted[:1]
		if ch := c.s.world.Channels[id]; ch != nil && ch.Private {
			wanted = c.m.scopes[1:]
		}
	}
	if len(wanted) == 0 || slices.ContainsFunc(wanted, func(name string) bool { return scopes[name] }) {
		return nil
	}
	return c.lacks(wanted[0])
}

// needs checks a scope that only some arguments ask for.
func (c *call) needs(scope string) *apiError {
	if c.s.world.Scopes[scope] {
		return nil
	}
	return c.lacks(scope)
}

func (c *call) lacks(scope string) *apiError {
	provided, _ := c.s.granted(c.p.token)
	return &apiError{Code: "missing_scope", Needed: scope, Provided: provided}
}

// channel finds the channel of an argument as far as the bot may see it.
func (c *call) channel(field string) (*channel, *apiError) {
	ch := c.s.world.Channels[c.p.values[field]]
	if ch == nil || ch.Private && !ch.BotMember {
		return nil, refuse("channel_not_found")
	}
	return ch, nil
}

// writable finds the channel of an argument and makes sure that the bot may write in it.
func (c *call) writable(field string) (*channel, *apiError) {
	ch, err := c.channel(field)
	switch {
	case err != nil:
		return nil, err
	case !ch.BotMember:
		return nil, refuse("not_in_channel")
	case ch.Archived:
		return nil, refuse("is_archived")
	}
	return ch, nil
}

// own finds a message of the app, or refuses with one of two errors.
func (c *call) own(ch *channel, foreign string) (*Message, *apiError) {
	m := ch.live(c.p.values["ts"])
	if m == nil {
		return nil, refuse("message_not_found")
	}
	if !m.FromBot() || m.service() {
		return nil, refuse(foreign)
	}
	return m, nil
}

func (c *call) apiTest() (fields, *apiError) {
	if code := c.p.values["error"]; code != "" {
		return nil, refuse(code)
	}
	return fields{"args": c.p.values}, nil
}

func (c *call) authTest() (fields, *apiError) {
	w := c.s.world
	if c.p.token == w.AppToken {
		return fields{"app_name": w.Users[BotUserID].RealName, "app_id": AppID}, nil
	}
	return fields{
		"url": c.s.base + "/", "team": w.TeamName, "user": w.Users[BotUserID].Name, "team_id": TeamID,
		"user_id": BotUserID, "bot_id": BotID, "app_id": AppID, "app_name": w.Users[BotUserID].RealName, "is_enterprise_install": false,
	}, nil
}
