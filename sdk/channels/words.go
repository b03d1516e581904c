package channels

import "encoding/json"

// words is a text of somebody who may send something else: a string is itself, null is empty, and everything else is its JSON. So a
// user's id 10 is "10", however many digits it has.
type words string

// UnmarshalJSON takes any value.
func (w *words) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		err := json.Unmarshal(raw, &s)
		*w = words(s)
		return err
	}
	if *w = words(raw); *w == "null" {
		*w = ""
	}
	return nil
}
