package slack

import (
	"context"
	"net/url"
	"sync"
	"time"
)

// User is a person or a bot.
type User struct {
	ID string
	// Name is what people call them; never empty.
	Name string
	Bot  bool
}

// UserInfo asks who somebody is. It is allowed 100 times a minute: see Directory.
func (c *Client) UserInfo(ctx context.Context, userID string) (User, error) {
	result, err := call[struct {
		User fields `json:"user"`
	}](ctx, c, userInfo, url.Values{"user": {userID}})
	if err != nil {
		return User{}, err
	}
	user, profile := result.User, result.User.fields("profile")
	name := userID
	for _, known := range []string{user.text("real_name"), profile.text("real_name"), profile.text("display_name"), user.text("name")} {
		if known != "" {
			name = known
			break
		}
	}
	return User{ID: userID, Name: name, Bot: user.flag("is_bot")}, nil
}

const (
	// knownFor is how long an answer about somebody counts: people change their names now and then.
	knownFor = time.Hour
	// unknownFor is how long somebody whom Slack doesn't know, or doesn't tell of, is not asked for again.
	unknownFor = time.Minute
	// knownUsers is how many are remembered.
	knownUsers = 4096
)

// Directory remembers who people are. It is safe for concurrent use.
type Directory struct {
	client *Client
	now    func() time.Time

	mu    sync.Mutex
	known map[string]entry
}

type entry struct {
	user  User
	until time.Time
}

// Directory makes an empty one.
func (c *Client) Directory() *Directory {
	return &Directory{client: c, now: time.Now, known: map[string]entry{}}
}

// Find is who somebody is; where Slack doesn't tell, the error says why, and the User has an empty Name for a while.
func (d *Directory) Find(ctx context.Context, userID string) (User, error) {
	d.mu.Lock()
	e, found := d.known[userID]
	d.mu.Unlock()
	if found && d.now().Before(e.until) {
		return e.user, nil
	}
	user, err := d.client.UserInfo(ctx, userID)
	e = entry{user, d.now().Add(knownFor)}
	switch KindOf(err) {
	case KindNone:
	case KindBadRequest, KindNoRights:
		e = entry{User{ID: userID}, d.now().Add(unknownFor)}
	default:
		return User{ID: userID}, err
	}
	d.remember(userID, e)
	return e.user, err
}

// remember makes room: whom it forgets does not matter, they can be asked for again.
func (d *Directory) remember(userID string, e entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id := range d.known {
		if len(d.known) < knownUsers {
			break
		}
		delete(d.known, id)
	}
	d.known[userID] = e
}
