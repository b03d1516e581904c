package gateway

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/sdk/guard"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/setting"
)

// Filters say which visitors are not wanted. They look at the widget's routes alone: what calls the API and the webhooks are programs.
type Filters struct {
	// IPEnabled puts the filter of client addresses on. Behind a proxy it needs TRUSTED_PROXIES, or it sees the proxy alone.
	IPEnabled bool `env:"IP_FILTER_ENABLED"`
	// IPMode is blocklist, allowlist or both: allowed addresses come in, blocked ones do not, all others do.
	IPMode string `env:"IP_FILTER_MODE" default:"blocklist" oneof:"blocklist,allowlist,both"`
	// IPBlocklist and IPAllowlist are addresses and networks.
	IPBlocklist []string `env:"IP_FILTER_BLOCKLIST"`
	IPAllowlist []string `env:"IP_FILTER_ALLOWLIST"`
	// IPLogBlocked logs each refusal, by the client's network.
	IPLogBlocked bool `env:"IP_FILTER_LOG_BLOCKED" default:"true"`

	// UAEnabled puts the filter of User-Agents on.
	UAEnabled bool `env:"UA_FILTER_ENABLED"`
	// UAMode is as IPMode.
	UAMode string `env:"UA_FILTER_MODE" default:"blocklist" oneof:"blocklist,allowlist,both"`
	// UABlocklist and UAAllowlist are words that a User-Agent contains, or regular expressions between slashes.
	UABlocklist []string `env:"UA_FILTER_BLOCKLIST"`
	UAAllowlist []string `env:"UA_FILTER_ALLOWLIST"`
	// UAUseDefaultBots blocks the usual bots too.
	UAUseDefaultBots bool `env:"UA_FILTER_USE_DEFAULT_BOTS" default:"true"`
	// UALogBlocked logs each refusal.
	UALogBlocked bool `env:"UA_FILTER_LOG_BLOCKED" default:"true"`

	// BlockedStatus and BlockedMessage are what who is refused is answered.
	BlockedStatus  int    `env:"FILTER_BLOCKED_STATUS" default:"403"`
	BlockedMessage string `env:"FILTER_BLOCKED_MESSAGE" default:"Forbidden"`

	// BotHeuristics marks visitors that look like programs: the team hears of one only when it writes something.
	BotHeuristics bool `env:"BOT_HEURISTICS_ENABLED" default:"true"`
}

// withDefaults is for a configuration that was not read from the environment.
func (f Filters) withDefaults() Filters {
	if f.BlockedStatus == 0 {
		f.BlockedStatus = http.StatusForbidden
	}
	if f.BlockedMessage == "" {
		f.BlockedMessage = http.StatusText(http.StatusForbidden)
	}
	return f
}

func (f Filters) ip() guard.IPOptions {
	return guard.IPOptions{Mode: guard.Mode(f.IPMode), Allow: f.IPAllowlist, Block: f.IPBlocklist}
}

func (f Filters) ua() guard.UAOptions {
	return guard.UAOptions{Mode: guard.Mode(f.UAMode), Allow: f.UAAllowlist, Block: f.UABlocklist, NoDefaultBots: !f.UAUseDefaultBots}
}

// Validate names what is malformed, even where a filter is off: it will be put on in a hurry.
func (f *Filters) Validate() error {
	var problems []error
	refuse := func(variable, found, expected string) {
		problems = append(problems, &config.Error{Variable: variable, Found: found, Expected: expected})
	}
	for variable, list := range map[string][]string{"IP_FILTER_BLOCKLIST": f.IPBlocklist, "IP_FILTER_ALLOWLIST": f.IPAllowlist} {
		if _, err := guard.NewNetworks(list...); err != nil {
			refuse(variable, strconv.Quote(strings.Join(list, ",")), "addresses and networks such as 203.0.113.7,10.0.0.0/8")
		}
	}
	for variable, list := range map[string][]string{"UA_FILTER_BLOCKLIST": f.UABlocklist, "UA_FILTER_ALLOWLIST": f.UAAllowlist} {
		if _, err := guard.NewUAFilter(guard.UAOptions{Block: list}); err != nil {
			refuse(variable, strconv.Quote(strings.Join(list, ",")), "words, or regular expressions between slashes such as /^curl/")
		}
	}
	if status := f.BlockedStatus; status != 0 && (status < 400 || status > 499) {
		refuse("FILTER_BLOCKED_STATUS", strconv.Itoa(status), "a status from 400 to 499")
	}
	if empty := f.shuts(f.on()); empty != "" {
		refuse(empty, "nothing", "who may come in: with a mode of allowlist nobody else may")
	}
	return errors.Join(problems...)
}

// on are the filters that are on unless somebody has changed that.
func (f Filters) on() setting.Values {
	return setting.Values{BotHeuristics: f.BotHeuristics, UAFilter: f.UAEnabled, IPFilter: f.IPEnabled}
}

// shuts says what would keep every visitor out if these settings held: a list of who may come in with nobody on it. Empty for nothing.
func (f Filters) shuts(v setting.Values) string {
	switch {
	case v.IPFilter && f.IPMode == string(guard.ModeAllowlist) && len(f.IPAllowlist) == 0:
		return "IP_FILTER_ALLOWLIST"
	case v.UAFilter && f.UAMode == string(guard.ModeAllowlist) && len(f.UAAllowlist) == 0:
		return "UA_FILTER_ALLOWLIST"
	}
	return ""
}

// guard makes the filters, of which those keep visitors out that are on.
func (c Config) guard(settings *setting.Settings) (*filter.Guard, error) {
	f := c.Filters.withDefaults()
	ip, err := guard.NewIPFilter(f.ip())
	if err != nil {
		return nil, err
	}
	ua, err := guard.NewUAFilter(f.ua())
	if err != nil {
		return nil, err
	}
	return filter.NewGuard(filter.GuardOptions{
		Proxies: c.TrustedProxies, IP: ip, UA: ua, LogIP: f.IPLogBlocked, LogUA: f.UALogBlocked, Status: f.BlockedStatus, Message: f.BlockedMessage,
		On: func() (ip, ua bool) {
			now := settings.Now()
			return now.IPFilter, now.UAFilter
		},
		Metrics: c.Metrics, Log: c.Log,
	})
}
