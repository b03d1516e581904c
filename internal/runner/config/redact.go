package config

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// What an error says was found, where that is not the value itself.
const (
	hidden  = "(hidden)"
	nothing = "nothing"
)

// secrets are the values that were read into secret fields, in every form in which an error might repeat them.
type secrets []string

func (s *secrets) add(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		s.addText(v.String())
	case reflect.Slice:
		for i := range v.Len() {
			s.add(v.Index(i))
		}
	}
}

func (s *secrets) addText(text string) {
	if text == "" {
		return
	}
	quoted := strconv.Quote(text)
	*s = append(*s, text, quoted[1:len(quoted)-1])
}

// redact returns err without the secrets that a Validate may have put into it.
func (s secrets) redact(err error) error {
	switch e := err.(type) {
	case *Error:
		return &Error{Variable: e.Variable, Found: s.whole(e.Found), Expected: s.hide(e.Expected), Where: s.hide(e.Where)}
	case *SetupError:
		clean := *e
		clean.Missing = s.hide(e.Missing)
		clean.Guide = make([]string, len(e.Guide))
		for i, line := range e.Guide {
			clean.Guide[i] = s.hide(line)
		}
		return &clean
	}
	if text := s.hide(err.Error()); text != err.Error() {
		return errors.New(text) // not wrapped: what it wraps says the secret too
	}
	return err
}

func (s secrets) hide(text string) string {
	// The longest first: one secret may begin with another.
	slices.SortFunc(s, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(s))
	for _, secret := range s {
		pairs = append(pairs, secret, hidden)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// whole hides all of text if any of it is a secret: what stands around a short one would give it away.
func (s secrets) whole(text string) string {
	if s.hide(text) != text {
		return hidden
	}
	return text
}
