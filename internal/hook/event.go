package hook

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// The names of events, which are Pusher's.
const (
	Occupied      = "channel_occupied"
	Vacated       = "channel_vacated"
	MemberAdded   = "member_added"
	MemberRemoved = "member_removed"
	ClientEvent   = "client_event"
	CacheMiss     = "cache_miss"
	Count         = "subscription_count"
)

// Names are all that there are.
func Names() []string {
	return []string{Occupied, Vacated, MemberAdded, MemberRemoved, ClientEvent, CacheMiss, Count}
}

// Event is something that happened in a channel.
type Event struct {
	Name    string `json:"name"`
	Channel string `json:"channel"`
	// Event, Data and Socket are what a client sent, and who: Data is always a text, for receivers fail on an object.
	Event  string  `json:"event,omitempty"`
	Data   *string `json:"data,omitempty"`
	Socket string  `json:"socket_id,omitempty"`
	// User is a member who came or went, and in presence channels who sent a client's event.
	User string `json:"user_id,omitempty"`
	// Sockets is how many there are, of a Count.
	Sockets *int64 `json:"subscription_count,omitempty"`
}

// Most is how many events travel in one message, or a few more.
const Most = 100

// Encode writes events as they travel on the bus: a list.
func Encode(events []Event) []byte { return encode(events) }

// Decode reads what Encode wrote.
func Decode(payload []byte) (events []Event, err error) {
	if err := json.Unmarshal(payload, &events); err != nil {
		return nil, fmt.Errorf("read events for webhooks: %w", err)
	}
	return events, nil
}

// Body is what a webhook posts. It was made at a time in milliseconds since 1970.
func Body(timeMS int64, events []Event) []byte {
	return encode(struct {
		TimeMS int64   `json:"time_ms"`
		Events []Event `json:"events"`
	}{timeMS, events})
}

// Text is the data of a client's event as webhooks have them: a text as what it says, anything else as the JSON that it is.
func Text(data json.RawMessage) *string {
	var s string
	if json.Unmarshal(data, &s) != nil || len(data) == 0 || data[0] != '"' {
		s = string(data)
	}
	return &s
}

// encode leaves < and > what they are.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("hook: " + err.Error()) // only our own types come here
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
