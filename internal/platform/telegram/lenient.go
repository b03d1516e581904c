package telegram

import "encoding/json"

// lenient is a field that may have a form which nobody knows yet: then it is there, and empty, and the rest of the update is read all
// the same.
type lenient[T any] struct {
	// Set: the field is there.
	Set   bool
	Value T
}

// UnmarshalJSON never fails.
func (l *lenient[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	l.Set = true
	var value T
	if json.Unmarshal(data, &value) == nil {
		l.Value = value
	}
	return nil
}

// present is whether a field is there, whatever it holds.
type present bool

// UnmarshalJSON never fails.
func (p *present) UnmarshalJSON(data []byte) error {
	*p = string(data) != "null"
	return nil
}
