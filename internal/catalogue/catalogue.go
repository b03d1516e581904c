package catalogue

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"
)

//go:embed catalogue.json
var raw []byte

// Entry is one type of event.
type Entry struct {
	// Type is <noun>.<verb>, as at the end of a subject.
	Type string `json:"type"`
	// By are the services that publish it, as they stand in an event's source.
	By []string `json:"by"`
	// Says is one line for people.
	Says string `json:"says"`
	// Schema is the JSON Schema (2020-12) of the whole CloudEvent, indented.
	Schema json.RawMessage `json:"schema"`
}

// All lists every type in alphabetical order.
var All = sync.OnceValue(func() []Entry {
	var all []Entry
	if err := json.Unmarshal(raw, &all); err != nil {
		panic(fmt.Sprintf("read the embedded catalogue: %v", err)) // it is generated, and a test reads it
	}
	return all
})

// Of finds a type.
func Of(kind string) (Entry, bool) {
	for _, e := range All() {
		if e.Type == kind {
			return e, true
		}
	}
	return Entry{}, false
}
