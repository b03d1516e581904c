package pusher

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Config says whom to tell of an app's channels. The addresses are secrets: many receivers know a sender by nothing else.
type Config struct {
	// AppID, Key and Secret are the app's; webhooks are signed with the secret.
	AppID  string `env:"PUSHER_APP_ID"`
	Key    string `env:"PUSHER_KEY"`
	Secret string `env:"PUSHER_SECRET" secret:"true"`
	// URLs are told, each for itself.
	URLs []string `env:"PUSHER_WEBHOOK_URL" secret:"true" expect:"one URL, or several with commas"`
	// Batch says whether several events come in one request.
	Batch string `env:"PUSHER_WEBHOOK_BATCH" default:"on" oneof:"on,off"`
	// Events are the names of those that are told to URLs, and Channels how the names of their channels begin; empty for all.
	Events   []string `env:"PUSHER_WEBHOOK_EVENTS"`
	Channels []string `env:"PUSHER_WEBHOOK_CHANNELS"`
	// Webhooks are further addresses, each with what it is told: a JSON list of Endpoint.
	Webhooks string `env:"PUSHER_WEBHOOKS" secret:"true"`
}

// On tells whether anybody is to be told.
func (c Config) On() bool { return len(c.URLs) > 0 || c.Webhooks != "" }

// Endpoints are all who are told. Errors: those of a list that cannot be read.
func (c Config) Endpoints() (all []Endpoint, err error) {
	for _, address := range c.URLs {
		all = append(all, Endpoint{URL: address, Events: c.Events, Filter: Filter{StartsWith: c.Channels}})
	}
	if c.Webhooks == "" {
		return all, nil
	}
	more, err := readEndpoints(c.Webhooks)
	return append(all, more...), err
}

// Validate names what is missing or malformed. It repeats no address and no header.
func (c *Config) Validate() error {
	if !c.On() {
		return c.validateEvents()
	}
	problems := []error{c.validateEvents()}
	if c.AppID == "" || c.Key == "" || c.Secret == "" {
		variable := "PUSHER_WEBHOOK_URL"
		if len(c.URLs) == 0 {
			variable = "PUSHER_WEBHOOKS"
		}
		problems = append(problems, &config.Error{Variable: variable, Found: "no app", Expected: "PUSHER_APP_ID, PUSHER_KEY and PUSHER_SECRET beside it"})
	}
	all, err := c.Endpoints()
	if err != nil {
		return errors.Join(append(problems, err)...)
	}
	known := map[string]bool{}
	for i, e := range all {
		variable := "PUSHER_WEBHOOK_URL"
		if i >= len(c.URLs) {
			variable = "PUSHER_WEBHOOKS"
			problems = append(problems, e.validate(i-len(c.URLs)+1))
		}
		problems = append(problems, e.validateURL(variable))
		if known[e.URL] {
			problems = append(problems, &config.Error{Variable: variable, Found: "an address twice",
				Expected: "each once; two entries for one address are told apart by something behind a #, which is not sent"})
		}
		known[e.URL] = true
	}
	return errors.Join(problems...)
}

func (c *Config) validateEvents() error {
	if name, ok := unknown(c.Events); !ok {
		return &config.Error{Variable: "PUSHER_WEBHOOK_EVENTS", Found: strconv.Quote(name), Expected: someEvents}
	}
	return nil
}

// wrong is an error about the list, at an entry counted from 1; 0 for the whole.
func wrong(entry int, found, expected string) error {
	if entry > 0 {
		found = fmt.Sprintf("in entry %d %s", entry, found)
	}
	return &config.Error{Variable: "PUSHER_WEBHOOKS", Found: found, Expected: expected}
}
