package appearance

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Config is a part of the gateway's configuration. Everything may be left out: then the page's own options count.
type Config struct {
	// OperatorName and OperatorAvatar (an https URL) are whom the visitor sees in the header.
	OperatorName   string `env:"OPERATOR_NAME"`
	OperatorAvatar string `env:"OPERATOR_AVATAR"`
	// Colours are a CSS colour, or an object: {"light","dark"}, {"from","to","direction"?}, or light and dark of those.
	PrimaryColor string `env:"PRIMARY_COLOR"`
	HeaderColor  string `env:"HEADER_COLOR"`
	FooterColor  string `env:"FOOTER_COLOR"`
	ToggleColor  string `env:"TOGGLE_COLOR"`
	// ChatBackground is whatsapp, dots, plain, or the URL of a picture.
	ChatBackground string `env:"CHAT_BACKGROUND"`
	// OperatorReachable: while nobody is online, "on" promises a reply in a few minutes, "off" asks to leave a message.
	OperatorReachable string `env:"OPERATOR_REACHABLE" default:"on" oneof:"on,off"`

	// PrechatFields is what the visitor is asked for; off for nothing.
	PrechatFields string `env:"PRECHAT_FIELDS" default:"off" oneof:"off,email-only,phone-only,email-or-phone,email-and-phone"`
	// PrechatTiming is when.
	PrechatTiming string `env:"PRECHAT_TIMING" default:"before-first-message" oneof:"before-first-message,after-first-message"`
	// PrechatRequired hides the button that skips it.
	PrechatRequired bool `env:"PRECHAT_REQUIRED" default:"false"`

	// TrackedElements is a JSON array, or the path of a file that holds one and is looked at again and again.
	TrackedElements string `env:"TRACKED_ELEMENTS"`

	// MinVersion: older widgets are refused. LatestVersion: older ones are told. VersionMessage and UpgradeURL are what they are told.
	MinVersion     string `env:"MIN_WIDGET_VERSION"`
	LatestVersion  string `env:"LATEST_WIDGET_VERSION"`
	VersionMessage string `env:"WIDGET_VERSION_MESSAGE"`
	UpgradeURL     string `env:"WIDGET_UPGRADE_URL"`
}

// maxText is the longest name or colour, in bytes.
const maxText = 500

// Validate names what is malformed.
func (c *Config) Validate() error {
	var problems []error
	refuse := func(variable, found, expected string) {
		problems = append(problems, &config.Error{Variable: variable, Found: strconv.Quote(shortened(found)), Expected: expected})
	}
	for variable, value := range map[string]string{
		"PRIMARY_COLOR": c.PrimaryColor, "HEADER_COLOR": c.HeaderColor, "FOOTER_COLOR": c.FooterColor, "TOGGLE_COLOR": c.ToggleColor,
	} {
		if _, ok := colour(value); !ok {
			refuse(variable, value, `a CSS colour, or {"light":…,"dark":…} or {"from":…,"to":…}`)
		}
	}
	for variable, value := range map[string]string{"OPERATOR_AVATAR": c.OperatorAvatar, "WIDGET_UPGRADE_URL": c.UpgradeURL} {
		if value != "" && !isWeb(value) {
			refuse(variable, value, "an http or https URL")
		}
	}
	if b := c.ChatBackground; b != "" && !slices.Contains([]string{"whatsapp", "dots", "plain"}, b) && !isWeb(b) {
		refuse("CHAT_BACKGROUND", b, "whatsapp, dots, plain, or the URL of a picture")
	}
	for variable, value := range map[string]string{"OPERATOR_NAME": c.OperatorName, "WIDGET_VERSION_MESSAGE": c.VersionMessage} {
		if !isLine(value) {
			refuse(variable, value, "one line of text")
		}
	}
	for variable, value := range map[string]string{"MIN_WIDGET_VERSION": c.MinVersion, "LATEST_WIDGET_VERSION": c.LatestVersion} {
		if value != "" && !isVersion(value) {
			refuse(variable, value, "a version such as 2.6.0")
		}
	}
	if _, err := readTracked(c.TrackedElements); err != nil {
		refuse("TRACKED_ELEMENTS", c.TrackedElements, "a JSON array of elements, or a file that holds one: "+err.Error())
	}
	return errors.Join(problems...)
}

func shortened(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}

func isLine(s string) bool {
	return len(s) <= maxText && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

func isWeb(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && isLine(s)
}

// Look is how the widget is to look, as /connect answers it.
type Look struct {
	OperatorName   string          `json:"operatorName,omitempty"`
	OperatorAvatar string          `json:"operatorAvatar,omitempty"`
	PrimaryColor   json.RawMessage `json:"primaryColor,omitempty"`
	HeaderColor    json.RawMessage `json:"headerColor,omitempty"`
	FooterColor    json.RawMessage `json:"footerColor,omitempty"`
	ToggleColor    json.RawMessage `json:"toggleColor,omitempty"`
	ChatBackground string          `json:"chatBackground,omitempty"`
}

// Look renders a valid configuration.
func (c *Config) Look() Look {
	of := func(value string) json.RawMessage { raw, _ := colour(value); return raw }
	return Look{
		OperatorName: c.OperatorName, OperatorAvatar: c.OperatorAvatar, ChatBackground: c.ChatBackground, PrimaryColor: of(c.PrimaryColor),
		HeaderColor: of(c.HeaderColor), FooterColor: of(c.FooterColor), ToggleColor: of(c.ToggleColor),
	}
}

// Form is the contact form.
type Form struct {
	Enabled   bool   `json:"enabled"`
	Required  bool   `json:"required"`
	Timing    string `json:"timing"`
	Fields    string `json:"fields"`
	Completed bool   `json:"completed"`
}

// Form is what a visitor is asked for who has told, or not yet, how he can be reached; nil for nothing.
func (c *Config) Form(told bool) *Form {
	if c.PrechatFields == "off" || c.PrechatFields == "" {
		return nil
	}
	timing := c.PrechatTiming
	if timing == "" {
		timing = "before-first-message"
	}
	return &Form{Enabled: true, Required: c.PrechatRequired, Timing: timing, Fields: c.PrechatFields, Completed: told}
}
