package channels

import (
	"context"
	"fmt"
	"strings"
)

// TriggerOption is something more about an event.
type TriggerOption func(*Event)

// ExcludeSocket keeps an event from one socket, mostly that of the page that caused it. A socket that is gone is ignored; "" is none.
func ExcludeSocket(socketID string) TriggerOption {
	return func(e *Event) { e.SocketID = socketID }
}

// WithInfo asks for attributes of the channels that an event goes to.
func WithInfo(info ...Info) TriggerOption {
	return func(e *Event) { e.Info = append(e.Info, info...) }
}

// Event is an event of a batch, to one channel.
type Event struct {
	Channel, Name string
	// Data are a string or bytes, sent as they are, or anything else, sent as JSON.
	Data any
	// SocketID is the socket that does not get it; empty for none.
	SocketID string
	// Info are the attributes of the channel that are asked for.
	Info []Info
}

// posted is an event as it travels.
type posted struct {
	Name     string   `json:"name"`
	Data     string   `json:"data"`
	Channels []string `json:"channels,omitempty"`
	Channel  string   `json:"channel,omitempty"`
	SocketID string   `json:"socket_id,omitempty"`
	Info     string   `json:"info,omitempty"`
}

// Trigger sends an event to 1 to [MaxChannels] channels: to all of them or, when it is refused, to none. Data are a string or bytes, sent
// as they are, or anything else, sent as JSON. An encrypted channel must be alone.
//
// It answers the attributes that [WithInfo] asks for, by channel, and nil when it does not. The server takes an event before everybody has it.
//
// Errors are [ErrTooManyChannels], [ErrChannelName], [ErrEventName], [ErrSocketID], [ErrData], [ErrEncryptedAlone], [ErrNoMasterKey], and those of a
// request: [*Error], [ErrConnection], [ErrAnswer].
func (c *Client) Trigger(ctx context.Context, channels []string, event string, data any, opts ...TriggerOption) (map[string]Attributes, error) {
	if n := len(channels); n < 1 || n > MaxChannels {
		return nil, fmt.Errorf("channels: %w: %d", ErrTooManyChannels, n)
	}
	for _, name := range channels {
		if err := checkChannel(name); err != nil {
			return nil, err
		}
		if len(channels) > 1 && strings.HasPrefix(name, encryptedPrefix) {
			return nil, fmt.Errorf("channels: %w: %s", ErrEncryptedAlone, quoted(name))
		}
	}
	e := Event{Channel: channels[0], Name: event, Data: data}
	for _, option := range opts {
		option(&e)
	}
	body, err := c.posted(e)
	if err != nil {
		return nil, err
	}
	body.Channel, body.Channels = "", channels
	var told struct {
		Channels map[string]Attributes `json:"channels"`
	}
	err = c.post(ctx, "/events", body, &told)
	return told.Channels, err
}

// SendToUser sends an event to all sockets that are signed in as a user, none of them included. Data are as with Trigger.
//
// Errors are [ErrUserID] for an id that can't be a part of a channel's name, and those of Trigger.
func (c *Client) SendToUser(ctx context.Context, userID, event string, data any) error {
	if err := checkSignedIn(userID); err != nil {
		return err
	}
	_, err := c.Trigger(ctx, []string{userPrefix + userID}, event, data)
	return err
}

// TriggerBatch sends 1 to [MaxBatch] events, each to one channel: all of them or, when one is refused, none. Encrypted channels may be among
// theirs.
//
// It answers one Attributes per event, in order, when any of them asks for some, and nil otherwise. Errors are [ErrTooManyEvents] and
// those of Trigger.
func (c *Client) TriggerBatch(ctx context.Context, events []Event) ([]Attributes, error) {
	if n := len(events); n < 1 || n > MaxBatch {
		return nil, fmt.Errorf("channels: %w: %d", ErrTooManyEvents, n)
	}
	var body struct {
		Batch []posted `json:"batch"`
	}
	for _, e := range events {
		if err := checkChannel(e.Channel); err != nil {
			return nil, err
		}
		one, err := c.posted(e)
		if err != nil {
			return nil, err
		}
		body.Batch = append(body.Batch, one)
	}
	var told struct {
		Batch []Attributes `json:"batch"`
	}
	err := c.post(ctx, "/batch_events", body, &told)
	return told.Batch, err
}

// posted checks an event but for its channel, and seals its data if the channel asks for that.
func (c *Client) posted(e Event) (posted, error) {
	if err := checkEvent(e.Name); err != nil {
		return posted{}, err
	}
	if e.SocketID != "" {
		if err := checkSocket(e.SocketID); err != nil {
			return posted{}, err
		}
	}
	data, err := text(e.Data)
	if err == nil && strings.HasPrefix(e.Channel, encryptedPrefix) {
		data, err = c.seal(e.Channel, data)
	}
	return posted{Name: e.Name, Data: data, Channel: e.Channel, SocketID: e.SocketID, Info: joined(e.Info)}, err
}
