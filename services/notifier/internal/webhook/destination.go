package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/wire"
)

// The destinations' names: those of their consumers ("notifier-webhook"), leases and notes, and the platforms that
// delivery.requested names.
const (
	Events  = "webhook"
	Backend = "backend"
)

// Destination is one address, and how it is told.
type Destination struct {
	Name string
	// Project is whose events are told; empty for whoever's there are.
	Project id.Project
	types   []bus.Type
	// needs tells whether render looks at the session, and render is what an event means to the receiver: nothing without a kind.
	needs  func(bus.Event) bool
	render func(ev bus.Event, session wire.Session) (kind string, data any)
	// seal writes the body and the headers that speak of it.
	seal func(h http.Header, kind string, data any, at time.Time) ([]byte, error)
	// typing: the receiver is told that operators type.
	typing bool
	client *client
	// mark tells one address from another without telling the address.
	mark string
}

// Destinations are the configured ones of a project.
func Destinations(p id.Project, cfg Config) []*Destination {
	all := destinations(cfg, http.ProxyFromEnvironment, wallClock{})
	for _, d := range all {
		d.Project = p
	}
	return all
}

// Key names a destination among those of all projects. A project's name has no underscore.
func Key(name string, p id.Project) string { return bus.DurableOf(name, p) }

func (d *Destination) key() string { return Key(d.Name, d.Project) }

func destinations(cfg Config, proxy func(*http.Request) (*url.URL, error), clock Clock) []*Destination {
	var all []*Destination
	add := func(address string, d *Destination) {
		if address == "" {
			return
		}
		d.client, d.mark = newClient(address, cfg.AllowPrivate, proxy, clock), markOf(address)
		all = append(all, d)
	}
	add(cfg.EventsURL, &Destination{Name: Events, types: eventTypes, needs: needsSession, render: eventMessage, seal: envelope(cfg.EventsSecret)})
	add(cfg.BackendURL, &Destination{Name: Backend, types: backendTypes, needs: noSession, render: backendMessage, seal: bare(cfg.APIKey), typing: true})
	return all
}

func noSession(bus.Event) bool { return false }

// Disconnect ends the connections that are kept.
func (d *Destination) Disconnect() { d.client.http.CloseIdleConnections() }

func markOf(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:8])
}

// envelope seals as EVENTS_WEBHOOK_URL is told: {"type","data","sentAt"}, signed when there is a secret.
func envelope(secret string) func(http.Header, string, any, time.Time) ([]byte, error) {
	key, _ := standardKey(secret) // the configuration was validated
	return func(h http.Header, kind string, data any, at time.Time) ([]byte, error) {
		body, err := json.Marshal(struct {
			Type   string     `json:"type"`
			Data   any        `json:"data"`
			SentAt *wire.Time `json:"sentAt"`
		}{kind, data, wire.At(timestamppb.New(at))})
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", kind, err)
		}
		h.Set(headerEvent, kind)
		if secret != "" {
			sign(h, secret, key, body)
		}
		return body, nil
	}
}

// bare seals as BACKEND_WEBHOOK_URL is told: the object as it is, and the API key.
func bare(apiKey string) func(http.Header, string, any, time.Time) ([]byte, error) {
	return func(h http.Header, kind string, data any, _ time.Time) ([]byte, error) {
		body, err := json.Marshal(data)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", kind, err)
		}
		if apiKey != "" {
			h.Set("Authorization", "Bearer "+apiKey)
		}
		return body, nil
	}
}

// letter is one POST to be made.
func (d *Destination) letter(eventID, kind string, data any, at time.Time) (http.Header, []byte, error) {
	h := http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Bellhop"}}
	name(h, eventID, at)
	body, err := d.seal(h, kind, data, at)
	return h, body, err
}

func (d *Destination) hears(t bus.Type) bool { return slices.Contains(d.types, t) }
