package config

import (
	"fmt"
	"strings"
)

// Explain renders the configuration problems in err for a terminal: a list of the variables, then the guide of each
// bridge. It is false when err is about something else.
func Explain(err error) (text string, isConfiguration bool) {
	problems := collect(nil, err)
	var guides strings.Builder
	var rest Errors
	for _, problem := range problems {
		if setup, ok := problem.(*SetupError); ok {
			guides.WriteString(setup.Box())
			continue
		}
		rest = append(rest, problem)
	}
	return list(rest) + guides.String(), len(problems) > 0
}

// collect finds the configuration problems in the tree of err.
func collect(found Errors, err error) Errors {
	switch err := err.(type) {
	case nil:
		return found
	case *Error, *SetupError:
		return found.add(err)
	case Errors:
		return found.add(err)
	case interface{ Unwrap() []error }:
		for _, part := range err.Unwrap() {
			found = collect(found, part)
		}
	case interface{ Unwrap() error }:
		return collect(found, err.Unwrap())
	}
	return found
}

func list(problems Errors) string {
	if len(problems) == 0 {
		return ""
	}
	noun := "problems"
	if len(problems) == 1 {
		noun = "problem"
	}
	b := newBox(fmt.Sprintf("⚠️  Configuration: %d %s", len(problems), noun))
	for _, problem := range problems {
		b.paragraph(describe(problem)...)
	}
	return b.String()
}

func describe(problem error) []string {
	e, ok := problem.(*Error)
	if !ok {
		return []string{problem.Error()}
	}
	lines := []string{e.Variable, "  found:    " + e.Found, "  expected: " + e.Expected}
	if e.Where != "" {
		lines = append(lines, "  get it:   "+e.Where)
	}
	return lines
}
