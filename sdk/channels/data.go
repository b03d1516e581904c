package channels

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// text is how data travel: a string and bytes as they are, everything else as JSON.
func text(data any) (string, error) {
	var s string
	switch data := data.(type) {
	case string:
		s = data
	case []byte:
		s = string(data)
	case json.RawMessage:
		s = string(data)
	default:
		encoded, err := encode(data)
		if err != nil {
			return "", err
		}
		return string(encoded), nil
	}
	if !utf8.ValidString(s) { // encoding the request would change it in silence
		return "", fmt.Errorf("channels: %w: it is no UTF-8", ErrData)
	}
	return s, nil
}

// encode is json.Marshal that leaves <, > and & alone: escaped they are six bytes each, which count against the limit of 10 KiB.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("channels: %w: %w", ErrData, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
