package slack

import (
	"encoding/json"
	"fmt"
)

// fields are the fields of a JSON object. Slack gives fields of one name different types in different events: "channel" is an
// id in most, and an object in channel_rename. What is not of the type that is asked for counts as absent.
type fields map[string]json.RawMessage

func readFields(data []byte) (fields, error) {
	var f fields
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("read object: %w", err)
	}
	return f, nil
}

func (f fields) text(name string) string { return read[string](f, name) }
func (f fields) flag(name string) bool   { return read[bool](f, name) }

// number is a whole number.
func (f fields) number(name string) int64 { return read[int64](f, name) }

// fields is an object inside; nil, which has no fields, for none.
func (f fields) fields(name string) fields          { return read[fields](f, name) }
func (f fields) list(name string) []json.RawMessage { return read[[]json.RawMessage](f, name) }

// message is a message inside; nil for none.
func (f fields) message(name string) *Message {
	inside := f.fields(name)
	if inside == nil {
		return nil
	}
	m := &Message{}
	m.read(inside)
	return m
}

func read[T any](f fields, name string) T {
	var value, none T
	if raw, found := f[name]; !found || json.Unmarshal(raw, &value) != nil {
		return none
	}
	return value
}
