package discord

import (
	"context"
	"net/http"
	"time"
)

// Application is the bot's application, as far as Bellhop needs it.
type Application struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	VerifyKey string `json:"verify_key"`
	Flags     int    `json:"flags"`
	// InteractionsURL is where Discord posts interactions; while one is set none come by the gateway.
	InteractionsURL string `json:"interactions_endpoint_url"`
}

// Flags of an application that let it read what people write: for many servers after a review, or for few without.
// https://discord.com/developers/docs/resources/application#application-object-application-flags
const (
	flagMessageContent        = 1 << 18
	flagMessageContentLimited = 1 << 19
)

// ReadsMessages tells whether the intent for message content is switched on.
func (a Application) ReadsMessages() bool {
	return a.Flags&(flagMessageContent|flagMessageContentLimited) != 0
}

// GatewayInfo is where the gateway is and how often a session may still be begun.
type GatewayInfo struct {
	URL    string     `json:"url"`
	Shards int        `json:"shards"`
	Limit  StartLimit `json:"session_start_limit"`
}

// StartLimit counts the sessions that are begun, not those that are resumed. Who exceeds it gets a new token.
type StartLimit struct {
	Total          int   `json:"total"`
	Remaining      int   `json:"remaining"`
	ResetAfter     int64 `json:"reset_after"` // milliseconds
	MaxConcurrency int   `json:"max_concurrency"`
}

// Reset is when the count begins anew, from the answer on.
func (l StartLimit) Reset() time.Duration { return time.Duration(l.ResetAfter) * time.Millisecond }

// Guild is a server.
type Guild struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	OwnerID string `json:"owner_id"`
}

// Role is one of a server's; the one with the server's id is everybody's.
type Role struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Permissions Permissions `json:"permissions"`
}

func get[R any](ctx context.Context, c *Client, route string, args ...string) (R, error) {
	return call[R](ctx, c, request{method: http.MethodGet, route: route, args: args})
}

// GetMe answers who the bot is.
func (c *Client) GetMe(ctx context.Context) (User, error) { return get[User](ctx, c, "/users/@me") }

// GetApplication answers what the bot's application is.
func (c *Client) GetApplication(ctx context.Context) (Application, error) {
	return get[Application](ctx, c, "/applications/@me")
}

// GetGateway answers where the gateway is.
func (c *Client) GetGateway(ctx context.Context) (GatewayInfo, error) {
	return get[GatewayInfo](ctx, c, "/gateway/bot")
}

// GetGuild answers what a server is.
func (c *Client) GetGuild(ctx context.Context, guild string) (Guild, error) {
	return get[Guild](ctx, c, "/guilds/{guild}", guild)
}

// GetRoles are a server's roles.
func (c *Client) GetRoles(ctx context.Context, guild string) ([]Role, error) {
	return get[[]Role](ctx, c, "/guilds/{guild}/roles", guild)
}

// GetMember answers what somebody is in a server.
func (c *Client) GetMember(ctx context.Context, guild, user string) (Member, error) {
	return get[Member](ctx, c, "/guilds/{guild}/members/{user}", guild, user)
}

// Command is one of the commands that Discord offers when somebody types a slash.
type Command struct {
	Name        string          `json:"name"`        // lower case, 1 to 32 characters
	Description string          `json:"description"` // 1 to 100 code points
	Type        int             `json:"type"`        // see CommandSlash
	Options     []CommandOption `json:"options,omitempty"`
}

// CommandSlash is typed after a slash; OptionString is an option that is a text.
const (
	CommandSlash = 1
	OptionString = 3
)

// CommandOption is one argument of a command.
type CommandOption struct {
	Type        int    `json:"type"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Required    bool   `json:"required,omitempty"`
}

// SetCommands makes these the application's commands in a server, and no others. It may be called again.
func (c *Client) SetCommands(ctx context.Context, application, guild string, commands []Command) error {
	if commands == nil {
		commands = []Command{}
	}
	return c.run(ctx, request{
		method: http.MethodPut, route: "/applications/{application}/guilds/{guild}/commands", args: []string{application, guild}, body: commands,
	})
}
