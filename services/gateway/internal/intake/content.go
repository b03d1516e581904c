package intake

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/structpb"
)

const (
	// maxContent is the longest message, in characters (code points).
	maxContent = 4000
	// maxEventName is the longest name of a custom event, in characters.
	maxEventName = 100
)

// Content checks a message's text. It is stored as typed: a widget finds its own message again by its exact text.
func Content(text string) *Refusal {
	if strings.TrimSpace(text) == "" {
		return Invalid("empty_content", "content must not be empty")
	}
	return Caption(text)
}

// Caption checks the text of a message that brings files: it may be empty.
func Caption(text string) *Refusal {
	if utf8.RuneCountInString(text) > maxContent {
		return Invalid("content_too_long", "content must have at most 4000 characters")
	}
	return nil
}

// CustomEvent checks a custom event. Absent data is nil.
func CustomEvent(name string, data json.RawMessage) (*structpb.Value, *Refusal) {
	if strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > maxEventName {
		return nil, Invalid("invalid_name", "name must have 1 to 100 characters")
	}
	if len(data) == 0 {
		return nil, nil
	}
	value := new(structpb.Value)
	if err := value.UnmarshalJSON(data); err != nil {
		return nil, Invalid("invalid_data", "data is not JSON that can be stored")
	}
	return value, nil
}

// Object checks a JSON object with free keys, such as metadata; absent and null are nil.
func Object(field string, raw json.RawMessage) (*structpb.Struct, *Refusal) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	object := new(structpb.Struct)
	if err := object.UnmarshalJSON(raw); err != nil {
		return nil, Invalid("invalid_"+field, field+" must be a JSON object")
	}
	return object, nil
}
