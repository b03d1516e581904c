package discord

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// id reads a snowflake; "" if it is missing.
func (f *form) id(name string, required bool) string {
	raw, ok := f.given(name)
	if !ok {
		if required {
			f.fail(name, "BASE_TYPE_REQUIRED", "This field is required")
		}
		return ""
	}
	value, ok := snowflake(raw)
	if !ok {
		f.fail(name, "NUMBER_TYPE_COERCE", fmt.Sprintf("Value \"%s\" is not snowflake.", clip(string(raw), 100)))
	}
	return value
}

func snowflake(raw json.RawMessage) (string, bool) {
	value := string(bytes.Trim(bytes.TrimSpace(raw), `"`))
	return value, isID(value)
}

// list reads an array of at most most items.
func (f *form) list(name string, most int) (items []json.RawMessage, given bool) {
	raw, ok := f.given(name)
	if !ok {
		return nil, false
	}
	if json.Unmarshal(raw, &items) != nil {
		f.fail(name, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
		return nil, false
	}
	if len(items) > most {
		f.fail(name, "BASE_TYPE_MAX_LENGTH", fmt.Sprintf("Must be %d or fewer in length.", most))
		return nil, true
	}
	return items, true
}

// ids reads an array of snowflakes.
func (f *form) ids(name string, most int) (ids []string, given bool) {
	items, given := f.list(name, most)
	for i, raw := range items {
		id, ok := snowflake(raw)
		if !ok {
			f.shared.fail(slices.Concat(f.path, []string{name, strconv.Itoa(i)}), "NUMBER_TYPE_COERCE",
				fmt.Sprintf("Value \"%s\" is not snowflake.", clip(string(raw), 100)))
			continue
		}
		ids = append(ids, id)
	}
	return ids, given
}

// object reads an object; nil if it is missing or no object.
func (f *form) object(name string) *form {
	raw, ok := f.given(name)
	if !ok {
		return nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		f.fail(name, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
		return nil
	}
	return f.nested(fields, name)
}

// objects reads an array of objects.
func (f *form) objects(name string, most int) (forms []*form, given bool) {
	items, given := f.list(name, most)
	for i, raw := range items {
		var fields map[string]json.RawMessage
		if json.Unmarshal(raw, &fields) != nil {
			f.shared.fail(slices.Concat(f.path, []string{name, strconv.Itoa(i)}), "DICT_TYPE_CONVERT",
				"Only dictionaries may be used in a DictType")
			continue
		}
		forms = append(forms, f.nested(fields, name, strconv.Itoa(i)))
	}
	return forms, given
}

// choice refuses a number that is none of the choices.
func (f *form) choice(name string, value int64, choices ...int64) {
	if slices.Contains(choices, value) {
		return
	}
	list := fmt.Sprint(choices)
	text := ""
	for _, r := range list[1 : len(list)-1] {
		if r == ' ' {
			text += ","
		}
		text += string(r)
	}
	f.fail(name, "BASE_TYPE_CHOICES", fmt.Sprintf("Value must be one of (%s).", text))
}

// whole is the form's own JSON.
func (f *form) whole() json.RawMessage {
	data, err := json.Marshal(f.raw)
	if err != nil {
		return json.RawMessage("{}")
	}
	return data
}

func clip(s string, most int) string {
	if len(s) > most {
		return s[:most]
	}
	return s
}

func clipRunes(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}
