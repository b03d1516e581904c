package discord

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// form reads one JSON object field by field and collects what is wrong with it. Types are taken as strictly as Discord
// takes them.
type form struct {
	raw    map[string]json.RawMessage
	path   []string
	shared *formState
	asked  map[string]bool
}

// formState is common to a form and the forms inside it.
type formState struct {
	errs  map[string]any
	forms []*form
}

func newForm(raw map[string]json.RawMessage) *form {
	return (&form{shared: &formState{}}).nested(raw)
}

func (f *form) nested(raw map[string]json.RawMessage, path ...string) *form {
	sub := &form{raw: raw, shared: f.shared, asked: map[string]bool{}, path: slices.Concat(f.path, path)}
	f.shared.forms = append(f.shared.forms, sub)
	return sub
}

// fail notes an error at a field; "" is the form itself.
func (f *form) fail(name, code, message string) {
	path := f.path
	if name != "" {
		path = append(slices.Clone(path), name)
	}
	f.shared.fail(path, code, message)
}

func (s *formState) fail(path []string, code, message string) {
	if s.errs == nil {
		s.errs = map[string]any{}
	}
	at := s.errs
	for _, step := range path {
		next, ok := at[step].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[step] = next
		}
		at = next
	}
	list, _ := at["_errors"].([]any)
	at["_errors"] = append(list, map[string]string{"code": code, "message": message})
}

// err is the refusal of the whole form; nil if nothing was wrong.
func (f *form) err() *apiError {
	if f.shared.errs == nil {
		return nil
	}
	e := refuse(400, 50035, "Invalid Form Body")
	e.Errors, _ = json.Marshal(f.shared.errs) // strings in maps always encode
	return e
}

// unknown lists fields that nobody asked for, as "message.embeds[0].colour".
func (f *form) unknown() []string {
	var out []string
	for _, sub := range f.shared.forms {
		for name := range sub.raw {
			if !sub.asked[name] {
				out = append(out, fmt.Sprint("unknown field ", dotted(append(slices.Clone(sub.path), name))))
			}
		}
	}
	slices.Sort(out)
	return out
}

func dotted(path []string) (out string) {
	for i, step := range path {
		switch _, err := strconv.Atoi(step); {
		case err == nil:
			out += "[" + step + "]"
		case i > 0:
			out += "." + step
		default:
			out = step
		}
	}
	return out
}

// given returns a field's JSON; ok is false if the field is missing or null.
func (f *form) given(name string) (json.RawMessage, bool) {
	f.asked[name] = true
	raw, ok := f.raw[name]
	return raw, ok && string(bytes.TrimSpace(raw)) != "null"
}

// isNull says whether the field is there and null.
func (f *form) isNull(name string) bool {
	f.asked[name] = true
	raw, ok := f.raw[name]
	return ok && string(bytes.TrimSpace(raw)) == "null"
}

// ignore marks fields as known whose value does not matter here.
func (f *form) ignore(names ...string) {
	for _, name := range names {
		f.asked[name] = true
	}
}

// text reads a string of at most most characters; given says whether it was there.
func (f *form) text(name string, most int) (value string, given bool) {
	raw, ok := f.given(name)
	if !ok {
		return "", false
	}
	if json.Unmarshal(raw, &value) != nil {
		f.fail(name, "STRING_TYPE_CONVERT", fmt.Sprintf("Could not interpret \"%s\" as string.", clip(string(raw), 100)))
		return "", false
	}
	if utf8.RuneCountInString(value) > most {
		f.fail(name, "BASE_TYPE_MAX_LENGTH", fmt.Sprintf("Must be %d or fewer in length.", most))
	}
	return value, true
}

// name reads a string of between 1 and most characters that must be there if required.
func (f *form) name(name string, most int, required bool) (value string, given bool) {
	raw, ok := f.given(name)
	if !ok {
		if required {
			f.fail(name, "BASE_TYPE_REQUIRED", "This field is required")
		}
		return "", false
	}
	if json.Unmarshal(raw, &value) != nil {
		f.fail(name, "STRING_TYPE_CONVERT", fmt.Sprintf("Could not interpret \"%s\" as string.", clip(string(raw), 100)))
		return "", false
	}
	if n := utf8.RuneCountInString(value); n < 1 || n > most {
		f.fail(name, "BASE_TYPE_BAD_LENGTH", fmt.Sprintf("Must be between 1 and %d in length.", most))
	}
	return value, true
}

// integer reads a whole number, which may be written as a string.
func (f *form) integer(name string) (value int64, given bool) {
	raw, ok := f.given(name)
	if !ok {
		return 0, false
	}
	value, err := strconv.ParseInt(string(bytes.Trim(raw, `"`)), 10, 64)
	if err != nil {
		f.fail(name, "NUMBER_TYPE_COERCE", fmt.Sprintf("Value \"%s\" is not int.", clip(string(raw), 100)))
		return 0, false
	}
	return value, true
}

// flag reads a boolean.
func (f *form) flag(name string) (value, given bool) {
	raw, ok := f.given(name)
	if !ok {
		return false, false
	}
	if json.Unmarshal(raw, &value) != nil {
		f.fail(name, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
		return false, false
	}
	return value, true
}
