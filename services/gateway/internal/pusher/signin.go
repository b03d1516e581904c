package pusher

import (
	"encoding/json"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// signin is the data of pusher:signin.
type signin struct {
	Auth string `json:"auth"`
	// Data is the text that was signed, as it came.
	Data *string `json:"user_data"`
}

// user is who a socket is.
type user struct {
	id   string
	info json.RawMessage // nil for nothing
	// watches are the users that he wants to know of.
	watches []string
}

// maxWatched is how many users one may watch.
const maxWatched = 100

// signedIn is who the socket is, nil for nobody.
func (c *conn) signedIn() *user {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	return c.user
}

// signIn lets a socket say who it is, once.
func (c *conn) signIn(s signin) {
	if s.Data == nil {
		c.complain(0, "pusher:signin: missing parameter user_data")
		return
	}
	if message := c.server.unsigned(s.Auth, signature.UserString(c.id, *s.Data)); message != "" {
		c.complain(0, "pusher:signin: "+message)
		return
	}
	u, problem := readUser(*s.Data)
	if problem != "" {
		c.complain(0, "pusher:signin: "+problem)
		return
	}
	before := c.signedIn()
	if before != nil && before.id != u.id {
		c.complain(0, "pusher:signin: this connection is signed in as another user")
		return
	}
	long := len(u.watches) > maxWatched && c.server.Watchlists == on
	if len(u.watches) > maxWatched {
		u.watches = u.watches[:maxWatched]
	}
	if before == nil {
		c.become(u)
	}
	c.tell(say("pusher:signin_success", "", struct {
		Data string `json:"user_data"`
	}{*s.Data}))
	if long {
		c.complain(codeWatchlistLong, "the watchlist names more than 100 users: the first 100 count")
	}
	if before == nil && c.server.Watchlists == on && len(u.watches) > 0 {
		c.watch(u.watches)
	}
}

// watch has the socket told about some users, as soon as it is known how they stand.
func (c *conn) watch(users []string) {
	l := &c.server.lobby
	if refused := l.enter(c); refused != nil {
		c.complain(0, "pusher:signin: the watchlist does not count: "+refused.message)
		return
	}
	l.ask(c.server, func() {
		defer l.leave(c)
		c.server.watched.watch(c, users)
	})
}

// become signs the socket in.
func (c *conn) become(u *user) {
	c.Mu.Lock()
	c.user, c.shown = u, true
	c.Mu.Unlock()
	r := c.server.rooms.enter(c.server, userPrefix+u.id)
	defer r.mu.Unlock()
	if r.signed == nil {
		r.signed = map[*conn]struct{}{}
	}
	r.signed[c] = struct{}{}
	r.changed()
}

// signOut is for a socket that ends.
func (c *conn) signOut() {
	u := c.signedIn()
	if u == nil {
		return
	}
	c.server.watched.unwatch(c, u.watches)
	r := c.server.rooms.enter(c.server, userPrefix+u.id)
	defer r.mu.Unlock()
	delete(r.signed, c)
	r.changed()
}

// readUser reads who signs in, or says what is wrong.
func readUser(data string) (u *user, problem string) {
	var read struct {
		ID        json.RawMessage `json:"id"`
		Info      json.RawMessage `json:"user_info"`
		Watchlist []string        `json:"watchlist"`
	}
	if !strings.HasPrefix(strings.TrimSpace(data), "{") || json.Unmarshal([]byte(data), &read) != nil {
		return nil, "user_data must be a JSON object with an id, and perhaps user_info and a watchlist of ids"
	}
	u = &user{info: read.Info, watches: read.Watchlist}
	if json.Unmarshal(read.ID, &u.id) != nil {
		return nil, "the id in user_data must be a text"
	}
	if err := checkName(userPrefix + u.id); err != nil {
		return nil, "the id in user_data must be 1 to 148 letters, digits or _-=@,.;"
	}
	return u, ""
}

// endUser closes all connections of a user, at every gateway. An id that nobody can sign in with is nobody's, and that is no error.
func (s *Server) endUser(user string) (any, *intake.Refusal) {
	channel := userPrefix + user
	if checkName(channel) != nil {
		return empty{}, nil
	}
	if s.Bus.ToChannel(bus.Channel{App: s.AppID, Name: channel}, encode(Event{Name: terminate, Data: text("{}")})) != nil {
		return nil, unavailable()
	}
	return empty{}, nil
}
