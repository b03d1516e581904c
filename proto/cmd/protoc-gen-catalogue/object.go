package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// object is a JSON object whose keys keep their order: it is for people too.
type object []field

type field struct {
	key   string
	value any
}

// with adds a key, unless there is nothing to say.
func (o object) with(key string, value any) object {
	switch v := value.(type) {
	case string:
		if v == "" {
			return o
		}
	case []string:
		if len(v) == 0 {
			return o
		}
	}
	return append(o, field{key, value})
}

// MarshalJSON writes the keys in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := plain(f.value)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", f.key, err)
		}
		fmt.Fprintf(&b, "%q:%s", f.key, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plain is JSON without the escapes that are for HTML.
func plain(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return bytes.TrimSpace(b.Bytes()), err
}

// written is JSON as it stands in a file.
func written(value any) ([]byte, error) {
	raw, err := plain(value)
	if err != nil {
		return nil, err
	}
	return indented(raw)
}

func indented(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
