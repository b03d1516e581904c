package channels

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
)

// Info names an attribute of a channel that can be asked for. The server refuses, with an [*Error] of status 400, what does not apply to
// the channel that was asked about, and leaves it out where an event goes to several.
type Info string

// The attributes.
const (
	// UserCount is how many different users are in a presence channel.
	UserCount Info = "user_count"
	// SubscriptionCount is how many sockets are in a channel, if the app counts them.
	SubscriptionCount Info = "subscription_count"
	// Cache is what a cache channel has cached; [Client.Channel] alone can ask for it.
	Cache Info = "cache"
)

// Attributes are what was asked for; nil is what was not, or does not apply.
type Attributes struct {
	UserCount         *int `json:"user_count"`
	SubscriptionCount *int `json:"subscription_count"`
}

// Channel is what is known of a channel.
type Channel struct {
	Attributes
	// Occupied tells whether anybody is in it.
	Occupied bool `json:"occupied"`
	// Cache is what is cached; nil for nothing.
	Cache *Cached `json:"cache"`
}

// Cached is an event that a cache channel keeps for those who come later.
type Cached struct {
	// Data are the event's.
	Data string `json:"data"`
	// Seconds is for how much longer it is kept.
	Seconds int `json:"ttl"`
}

// TTL is for how much longer it is kept.
func (c Cached) TTL() time.Duration { return time.Duration(c.Seconds) * time.Second }

// Channels are the channels that anybody is in and whose name begins with a prefix, which may be empty. UserCount can be asked for with
// a prefix that begins with "presence-" only.
func (c *Client) Channels(ctx context.Context, prefix string, info ...Info) (map[string]Attributes, error) {
	var params []signature.Param
	if prefix != "" {
		params = append(params, signature.Param{Key: "filter_by_prefix", Value: prefix})
	}
	var told struct {
		Channels map[string]Attributes `json:"channels"`
	}
	err := c.call(ctx, request{method: http.MethodGet, path: "/channels", query: asking(params, info)}, &told)
	return told.Channels, err
}

// Channel is one channel. One that nobody is in is none less: Occupied is false and counts are 0. The error is [ErrChannelName], or
// of the request.
func (c *Client) Channel(ctx context.Context, name string, info ...Info) (Channel, error) {
	var told Channel
	if err := checkAsked(name); err != nil {
		return told, err
	}
	err := c.call(ctx, request{method: http.MethodGet, path: "/channels/" + name, query: asking(nil, info)}, &told)
	return told, err
}

// Users are the ids of those who are in a presence channel, each once; none for an empty one. The error is [ErrChannelName], or of the
// request: status 400 for a channel of another kind.
func (c *Client) Users(ctx context.Context, channel string) ([]string, error) {
	if err := checkAsked(channel); err != nil {
		return nil, err
	}
	var told struct {
		Users []struct {
			ID words `json:"id"`
		} `json:"users"`
	}
	if err := c.call(ctx, request{method: http.MethodGet, path: "/channels/" + channel + "/users"}, &told); err != nil {
		return nil, err
	}
	ids := make([]string, len(told.Users))
	for i, user := range told.Users {
		ids[i] = string(user.ID)
	}
	return ids, nil
}

// TerminateUser closes every socket that is signed in as a user, and they don't come back by themselves. A user of whom there is none is no
// error; an id that is none is [ErrUserID]. Whoever must stay out has to be refused by the auth endpoints too.
func (c *Client) TerminateUser(ctx context.Context, id string) error {
	if err := checkUser(id); err != nil {
		return err
	}
	return c.post(ctx, "/users/"+url.PathEscape(id)+"/terminate_connections", struct{}{}, nil)
}

func asking(params []signature.Param, info []Info) []signature.Param {
	if len(info) == 0 {
		return params
	}
	return append(params, signature.Param{Key: "info", Value: joined(info)})
}

func joined(info []Info) string {
	names := make([]string, len(info))
	for i, one := range info {
		names[i] = string(one)
	}
	return strings.Join(names, ",")
}
