package config

import (
	"fmt"
	"strings"
)

// Error is one wrong or missing variable.
type Error struct {
	Variable string // its name, or the name of its X_FILE form where that is at fault
	Found    string // what was there, quoted; "nothing"; or "(hidden)" for a secret
	Expected string // in words: "a duration such as 30s, 15m or 90d"
	Where    string // where to get a right value; may be empty
}

// Error is one line and holds no secret.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s: found %s, expected %s", e.Variable, e.Found, e.Expected)
	if e.Where != "" {
		text += " (" + e.Where + ")"
	}
	return text
}

// Errors is everything that is wrong with one configuration: *Error, *SetupError, and whatever else a Validate returned.
type Errors []error

// Error is one line, whatever the number of problems.
func (e Errors) Error() string {
	texts := make([]string, len(e))
	for i, err := range e {
		texts[i] = err.Error()
	}
	return "configuration: " + strings.Join(texts, "; ")
}

// Unwrap lets errors.As find each problem.
func (e Errors) Unwrap() []error { return e }

// add appends err, or the errors it joins, leaving out what is already there: two structs may ask for one variable.
func (e Errors) add(err error) Errors {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, part := range joined.Unwrap() {
			e = e.add(part)
		}
		return e
	}
	for _, known := range e {
		if known.Error() == err.Error() {
			return e
		}
	}
	return append(e, err)
}
