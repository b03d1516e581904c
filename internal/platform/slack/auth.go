package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Identity is who the bot is.
type Identity struct {
	// URL and Team are the workspace's address and name.
	URL    string `json:"url"`
	Team   string `json:"team"`
	TeamID string `json:"team_id"`
	// User is the bot's user name, by which it may be addressed; UserID and BotID are what its own messages name as author.
	User   string `json:"user"`
	UserID string `json:"user_id"`
	BotID  string `json:"bot_id"`
	// AppID is not told of every token.
	AppID string `json:"app_id"`
	// Scopes are what the app was granted; nil where the answer does not say so.
	Scopes []string `json:"-"`
}

// scopesHeader lists the granted scopes, on every answer.
const scopesHeader = "X-OAuth-Scopes"

// AuthTest asks who the bot is. It is allowed hundreds of times a minute.
func (c *Client) AuthTest(ctx context.Context) (Identity, error) {
	var id Identity
	r, err := c.post(ctx, authTest, c.token, nil)
	if err != nil {
		return id, err
	}
	if err := json.Unmarshal(r.body, &id); err != nil {
		return id, c.failed(authTest, http.StatusOK, fmt.Errorf("decode result: %w", err))
	}
	for name := range strings.SplitSeq(r.header.Get(scopesHeader), ",") {
		if name = strings.TrimSpace(name); name != "" {
			id.Scopes = append(id.Scopes, name)
		}
	}
	return id, nil
}
