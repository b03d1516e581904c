package channels

import (
	"encoding/base64"
	"strings"

	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
)

// Member is who joins a presence channel.
type Member struct {
	// UserID is whom several sockets may belong to, 1 to 128 characters.
	UserID string `json:"user_id"`
	// UserInfo is what the others are told of the user, anything that can be JSON; nil for nothing. Together with the id Pusher takes 1 KB.
	UserInfo any `json:"user_info,omitempty"`
}

// User is who signs in.
type User struct {
	// ID is 1 to 128 of the characters that channels' names have.
	ID string `json:"id"`
	// UserInfo is what the others in presence channels are told of the user; nil for nothing.
	UserInfo any `json:"user_info,omitempty"`
	// Watchlist are the users whose coming and going this one is told, if the app has that turned on; the first 100 count.
	Watchlist []string `json:"watchlist,omitempty"`
}

// Auth lets one socket join one channel. It is to be sent to the page as JSON, as it is.
type Auth struct {
	Auth string `json:"auth"`
	// ChannelData are the member of a presence channel, as JSON.
	ChannelData string `json:"channel_data,omitempty"`
	// SharedSecret is the key of an encrypted channel, as base64.
	SharedSecret string `json:"shared_secret,omitempty"`
}

// UserAuth signs one socket in. It is to be sent to the page as JSON, as it is.
type UserAuth struct {
	Auth string `json:"auth"`
	// UserData are the user, as JSON.
	UserData string `json:"user_data"`
}

// Authenticate lets a socket join a private channel, encrypted ones included; whether its visitor may is for the caller to know. On a
// presence channel it lets join who has signed in, as whom they have signed in.
//
// Errors are [ErrSocketID], [ErrChannelName] also for a channel that everybody may join, and [ErrNoMasterKey].
func (c *Client) Authenticate(socketID, channel string) (Auth, error) {
	return c.admit(socketID, channel, "", false, privatePrefix, presencePrefix)
}

// AuthenticatePresence lets a socket join a presence channel as a member. Errors are [ErrSocketID], [ErrChannelName] also for a channel of
// another kind, [ErrUserID], and [ErrData] for a UserInfo that can't be JSON.
func (c *Client) AuthenticatePresence(socketID, channel string, m Member) (Auth, error) {
	if err := checkUser(m.UserID); err != nil {
		return Auth{}, err
	}
	data, err := encode(m)
	if err != nil {
		return Auth{}, err
	}
	return c.admit(socketID, channel, string(data), true, presencePrefix)
}

// admit signs for channels of some kinds.
func (c *Client) admit(socketID, channel, data string, hasData bool, kinds ...string) (Auth, error) {
	if err := checkSocket(socketID); err != nil {
		return Auth{}, err
	}
	if err := checkKind(channel, kinds...); err != nil {
		return Auth{}, err
	}
	a := Auth{ChannelData: data}
	if strings.HasPrefix(channel, encryptedPrefix) {
		key, err := c.channelKey(channel)
		if err != nil {
			return Auth{}, err
		}
		a.SharedSecret = base64.StdEncoding.EncodeToString(key[:])
	}
	a.Auth = signature.Auth(c.opts.Key, signature.Subscription(c.opts.Secret, socketID, channel, data, hasData))
	return a, nil
}

// AuthenticateUser signs a socket in as a user. Errors are [ErrSocketID], [ErrUserID], and [ErrData] for a UserInfo that can't be JSON.
func (c *Client) AuthenticateUser(socketID string, u User) (UserAuth, error) {
	if err := checkSocket(socketID); err != nil {
		return UserAuth{}, err
	}
	if err := checkSignedIn(u.ID); err != nil {
		return UserAuth{}, err
	}
	data, err := encode(u)
	if err != nil {
		return UserAuth{}, err
	}
	return UserAuth{signature.Auth(c.opts.Key, signature.User(c.opts.Secret, socketID, string(data))), string(data)}, nil
}
