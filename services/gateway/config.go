package gateway

import (
	"cmp"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/appearance"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/proof"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/pusher"
)

// Config is the gateway's configuration.
type Config struct {
	runner.Runtime
	HTTP httpserver.Config

	// Project is whose settings these are; default unless a file names several. Then Projects has a Config for each, of which counts
	// what a project may set, and this one is nobody's.
	Project  id.Project `projects:"name"`
	Projects []Config   `projects:"each"`

	// Upstream is the bus and the sessions service.
	Upstream upstream.Config

	// PublicURL is where visitors reach this gateway: what the addresses of files begin with. Without it that is the address that
	// serves, which is right on this machine only.
	PublicURL *url.URL `env:"PUBLIC_URL"`
	// AllowedOrigins are the sites that may use the chat; empty for all.
	AllowedOrigins []string `env:"ALLOWED_ORIGINS"`
	// TrustedProxies are the networks whose X-Forwarded-For counts.
	TrustedProxies []netip.Prefix `env:"TRUSTED_PROXIES"`
	// WelcomeMessage is shown in an empty conversation.
	WelcomeMessage string `env:"WELCOME_MESSAGE"`
	// Widget is how the widget looks, what it asks for, and which versions of it are served.
	Widget appearance.Config
	// Identity is what visitors' identities are verified with.
	Identity proof.Config
	// NotifyOn says when a visitor becomes a conversation: at the first word, event or identity, or as soon as the page is opened.
	NotifyOn string `env:"NOTIFY_ON" default:"message" oneof:"message,connect"`
	// APIKey opens /api; empty keeps it shut.
	APIKey string `env:"API_KEY" secret:"true"`
	// APIRate and BridgeRate are how many calls a minute one key may make at this gateway: to the management API, and to the bridge
	// API, by which a backend reports what its visitors do. PocketPing allows 600 of the former.
	APIRate    int `env:"API_RATE" default:"600"`
	BridgeRate int `env:"BRIDGE_RATE" default:"6000"`
	// Filters keep visitors out.
	Filters Filters
	// Pusher is the app whose clients speak the Pusher protocol; none unless it is configured.
	Pusher pusher.Config
	// RateLimits is on, log to have a line logged for each refusal too, or off for load tests.
	RateLimits string `env:"RATE_LIMITS" default:"on" oneof:"on,log,off"`
	// Files are what visitors may send.
	Files file.Limits
	// Screenshots is on when the site's owner allows the team to ask a visitor's page for a picture of itself.
	Screenshots string `env:"SCREENSHOTS" default:"off" oneof:"on,off"`
	// LeftAfter is how long a visitor must be away until the team is told that he left.
	LeftAfter time.Duration `env:"LEFT_AFTER" default:"15s"`
	// Bridges are the platforms that are connected, for /health.
	Bridges []string `env:"BRIDGES"`
}

// Validate names what is malformed.
func (c *Config) Validate() error {
	var problems []error
	for _, origin := range c.AllowedOrigins {
		if !isOrigin(origin) {
			problems = append(problems, &config.Error{Variable: "ALLOWED_ORIGINS", Found: strconv.Quote(origin),
				Expected: "origins such as https://example.com or *.example.com"})
		}
	}
	for variable, n := range map[string]int{"API_RATE": c.APIRate, "BRIDGE_RATE": c.BridgeRate} {
		if n < 0 {
			problems = append(problems, &config.Error{Variable: variable, Found: strconv.Itoa(n), Expected: "calls a minute, above 0"})
		}
	}
	if c.LeftAfter < 0 {
		problems = append(problems, &config.Error{Variable: "LEFT_AFTER", Found: c.LeftAfter.String(), Expected: "a duration above 0, such as 15s"})
	}
	return errors.Join(append(problems, httpserver.CheckPublicURL(c.PublicURL))...)
}

// each is the configuration of every project.
func (c Config) each() []Config {
	if len(c.Projects) > 0 {
		return c.Projects
	}
	c.Project = cmp.Or(c.Project, id.Default)
	return []Config{c}
}

// ValidateProjects tells what of two projects may not be the same: the APIs know a project by its key, and an app by its id and key.
func (c *Config) ValidateProjects() error {
	taken := map[string]id.Project{}
	for _, p := range c.Projects {
		for what, value := range map[string]string{"apiKey": p.APIKey, "pusher.appId": p.Pusher.AppID, "pusher.key": p.Pusher.Key} {
			if value == "" {
				continue
			}
			if other, is := taken[what+value]; is {
				return &config.Error{Variable: "projects." + string(p.Project) + "." + what, Found: "that of project " + string(other), Expected: "one of its own"}
			}
			taken[what+value] = p.Project
		}
	}
	return nil
}

// base is what the addresses of files begin with, for a gateway that serves at an address.
func (c *Config) base(addr net.Addr) string {
	if c.PublicURL != nil {
		return strings.TrimRight(c.PublicURL.String(), "/")
	}
	return httpserver.URL(addr)
}

// isOrigin tells what a browser could send as an Origin, and patterns for it. A path, even "/", would never match.
func isOrigin(s string) bool {
	if s == "*" {
		return true
	}
	if domain, ok := strings.CutPrefix(s, "*."); ok {
		return domain != "" && !strings.ContainsAny(domain, "/:*")
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && s == u.Scheme+"://"+u.Host
}
