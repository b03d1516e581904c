package slack

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Types of what Slack posts to the address for events.
const (
	TypeVerification = "url_verification"
	TypeEvent        = "event_callback"
	// TypeRateLimited says that events are withheld for a minute, because there were too many in the last hour.
	TypeRateLimited = "app_rate_limited"
)

// Callback is one thing that Slack tells of.
type Callback struct {
	Type string `json:"type"`
	// Challenge is to be answered with TypeVerification.
	Challenge string `json:"challenge"`
	TeamID    string `json:"team_id"`
	AppID     string `json:"api_app_id"`
	// EventID, "Ev…", is the same whenever the event comes again.
	EventID   string `json:"event_id"`
	EventTime int64  `json:"event_time"`
	Event     Event  `json:"event"`
}

// Types and subtypes of events.
const (
	EventMessage       = "message"
	EventMention       = "app_mention"
	EventReactionAdded = "reaction_added"

	SubtypeFileShare = "file_share"
	SubtypeBroadcast = "thread_broadcast"
	SubtypeMe        = "me_message"
	SubtypeBot       = "bot_message"
	SubtypeChanged   = "message_changed"
	SubtypeDeleted   = "message_deleted"
)

// Event has the fields that Bellhop reads of the events that it subscribes to, and no more: an unknown variant in a field that
// nobody reads must not make an event unreadable. Of other events only the type is sure.
type Event struct {
	Message
	// Hidden: it changes what is shown, and is not shown itself.
	Hidden bool
	// EventTS is when it happened, also where TS names another message.
	EventTS string

	// Changed and Previous are the message as it is and as it was, with SubtypeChanged; Previous with SubtypeDeleted as well.
	Changed, Previous *Message
	// DeletedTS is the deleted message.
	DeletedTS string

	// Reaction is an emoji's name, maybe with a skin tone ("wave::skin-tone-3"); Item is what it was given to.
	Reaction string
	Item     Item
}

// Item is a message that somebody reacted to.
type Item struct{ Type, Channel, TS string }

// Message is a message in a channel. Channel and TS together are its key; what a channel was asked for leaves Channel empty.
type Message struct {
	Type, Subtype string
	Channel       string
	TS            string
	// ThreadTS is the thread's first message; that one has its own, once it was answered.
	ThreadTS string
	User     string
	// ParentUser wrote the thread's first message; empty where Slack does not tell.
	ParentUser string
	// BotID and AppID are set in what apps write, also in the name of somebody.
	BotID, AppID string
	// Text is as Slack sends it, see Decode.
	Text  string
	Files []File
	// EditedTS is when somebody changed it; empty unless somebody has.
	EditedTS string
	// Mark is what a message of this app carries.
	Mark Mark
}

// InThread tells whether the message is an answer in a thread.
func (m Message) InThread() bool { return m.ThreadTS != "" && m.ThreadTS != m.TS }

// UnmarshalJSON reads a message.
func (m *Message) UnmarshalJSON(data []byte) error {
	f, err := readFields(data)
	if err != nil {
		return err
	}
	m.read(f)
	return nil
}

func (m *Message) read(f fields) {
	*m = Message{
		Type: f.text("type"), Subtype: f.text("subtype"), Channel: f.text("channel"), TS: f.text("ts"), ThreadTS: f.text("thread_ts"),
		User: f.text("user"), ParentUser: f.text("parent_user_id"), BotID: f.text("bot_id"), AppID: f.text("app_id"), Text: f.text("text"),
		EditedTS: f.fields("edited").text("ts"),
	}
	if metadata := f.fields("metadata"); metadata.text("event_type") == metadataType {
		payload := metadata.fields("event_payload")
		m.Mark = Mark{payload.text("id"), payload.text("version")}
	}
	for _, raw := range f.list("files") {
		var file File
		if json.Unmarshal(raw, &file) == nil && file.ID != "" {
			m.Files = append(m.Files, file)
		}
	}
}

// UnmarshalJSON reads an event.
func (e *Event) UnmarshalJSON(data []byte) error {
	f, err := readFields(data)
	if err != nil {
		return err
	}
	*e = Event{Hidden: f.flag("hidden"), EventTS: f.text("event_ts"), DeletedTS: f.text("deleted_ts"), Reaction: f.text("reaction")}
	e.Message.read(f)
	e.Changed, e.Previous = f.message("message"), f.message("previous_message")
	if item := f.fields("item"); item != nil {
		e.Item = Item{Type: item.text("type"), Channel: item.text("channel"), TS: item.text("ts")}
	}
	return nil
}

// errNoEventID is an event that can't be told from its repetition.
var errNoEventID = errors.New("no event_id")

// DecodeCallback reads what was posted to the address for events, or came over a socket.
func DecodeCallback(data []byte) (*Callback, error) {
	var c Callback
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("decode event: %w", err)
	}
	if c.Type == TypeEvent && c.EventID == "" {
		return nil, fmt.Errorf("decode event: %w", errNoEventID)
	}
	return &c, nil
}
