package bus

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// MaxEventBytes bounds one event on the bus. The largest legitimate one is a message of 4,000 characters with its metadata.
const MaxEventBytes = 512 << 10

// errEvent is wrapped by every error about bytes that are no event.
var errEvent = errors.New("not an event")

// Event is one fact. On the bus it is a CloudEvents 1.0 object in structured JSON.
type Event struct {
	// ID is stable: the same fact published twice is stored once.
	ID      string
	Type    Type
	Project id.Project
	// Session is id.Everyone for a fact about a whole project.
	Session id.Session
	// Source is the service where the fact entered.
	Source string
	Time   time.Time
	// Data is the payload as the catalogue says; nil when the type is unknown to this process.
	Data proto.Message

	// Seq is the stream sequence; 0 before the event is stored.
	Seq uint64
	// Attempt counts deliveries of this event to one consumer, from 1; 0 outside a consumer.
	Attempt int
}

// timeLayout is RFC 3339 with milliseconds in UTC: what every timestamp on the wire looks like.
const timeLayout = "2006-01-02T15:04:05.000Z"

var (
	toJSON   = protojson.MarshalOptions{}
	fromJSON = protojson.UnmarshalOptions{DiscardUnknown: true}
)

// envelope is the CloudEvents object as it is read. It is written by hand in encode: the order of its keys is for people.
type envelope struct {
	SpecVersion string          `json:"specversion"`
	ID          string          `json:"id"`
	Type        string          `json:"type"`
	Source      string          `json:"source"`
	Subject     string          `json:"subject"`
	Time        time.Time       `json:"time"`
	Data        json.RawMessage `json:"data"`
}

// encode writes the event as CloudEvents JSON.
func (e Event) encode() ([]byte, error) {
	if err := e.fits(); err != nil {
		return nil, err
	}
	data := []byte("null")
	if e.Data != nil {
		var err error
		if data, err = toJSON.Marshal(e.Data); err != nil {
			return nil, fmt.Errorf("encode %s: %w", e.Type, err)
		}
	}
	b := make([]byte, 0, len(data)+320)
	b = append(b, `{"specversion":"1.0","id":`...)
	b = appendString(b, e.ID)
	b = append(b, `,"type":`...)
	b = appendString(b, "bellhop."+string(e.Type))
	b = append(b, `,"source":`...)
	b = appendString(b, "/projects/"+string(e.Project)+"/"+e.Source)
	b = append(b, `,"subject":`...)
	b = appendString(b, string(e.Session))
	b = append(b, `,"time":"`...)
	b = e.Time.UTC().AppendFormat(b, timeLayout)
	b = append(b, `","datacontenttype":"application/json","data":`...)
	b = append(b, data...)
	b = append(b, '}')
	if len(b) > MaxEventBytes {
		return nil, fmt.Errorf("%w: %s of %d bytes, at most %d", ErrTooLarge, e.Type, len(b), MaxEventBytes)
	}
	return b, nil
}

// fits checks that the payload is the one that readers of the type expect: anything else would be stored and never read.
func (e Event) fits() error {
	want, known := payloads[e.Type]
	switch {
	case !known && e.Data == nil:
		return nil
	case !known:
		return fmt.Errorf("%w: payload of unknown type %q", errEvent, e.Type)
	case e.Data == nil || e.Data.ProtoReflect().Descriptor() != want.Descriptor():
		return fmt.Errorf("%w: payload of %s is a %T", errEvent, e.Type, e.Data)
	}
	return nil
}

func appendString(b []byte, s string) []byte {
	quoted, _ := json.Marshal(s) // a string always marshals
	return append(b, quoted...)
}

// decode reads an event of the subject's key. What the body says of project, session and type must agree with the subject:
// rights on the bus are given by subject, so the subject is what counts.
func decode(k key, body []byte) (Event, error) {
	var env envelope
	if err := json.Unmarshal(body, &env); err != nil {
		return Event{}, fmt.Errorf("%w: %w", errEvent, err)
	}
	if env.SpecVersion != "1.0" || env.ID == "" {
		return Event{}, fmt.Errorf("%w: specversion %q, id %q", errEvent, env.SpecVersion, env.ID)
	}
	if env.Type != "bellhop."+string(k.kind) || env.Subject != string(k.session) {
		return Event{}, fmt.Errorf("%w: type or subject differ from where it was published", errEvent)
	}
	source, ok := strings.CutPrefix(env.Source, "/projects/"+string(k.project)+"/")
	if !ok {
		return Event{}, fmt.Errorf("%w: source is not of project %s", errEvent, k.project)
	}
	ev := Event{ID: env.ID, Type: k.kind, Project: k.project, Session: k.session, Source: source, Time: env.Time, Data: newData(k.kind)}
	if ev.Data == nil {
		return ev, nil
	}
	if err := fromJSON.Unmarshal(env.Data, ev.Data); err != nil {
		return Event{}, fmt.Errorf("%w: data of %s: %w", errEvent, k.kind, err)
	}
	return ev, nil
}

func (e Event) key() key { return key{project: e.Project, session: e.Session, kind: e.Type} }
