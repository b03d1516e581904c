package main

import (
	"bytes"
	"fmt"
	"path"
	"text/template"
)

// asyncAPI fills in what the hand-written document says of every type: {{types}}, {{references}}, and {{messages}}, which come after
// others.
func asyncAPI(file string, entries []entry) ([]byte, error) {
	var types []string
	var references, messages object
	for _, e := range entries {
		types = append(types, e.Type)
		references = append(references, field{e.Type, object{{"$ref", "#/components/messages/" + e.Type}}})
		messages = append(messages, field{e.Type, e.message()})
	}
	values := template.FuncMap{}
	for name, value := range map[string]any{"types": types, "references": references, "messages": messages} {
		raw, err := plain(value)
		if err != nil {
			return nil, err
		}
		if name == "messages" {
			raw = raw[1 : len(raw)-1]
		}
		values[name] = func() string { return string(raw) }
	}
	t, err := template.New(path.Base(file)).Funcs(values).ParseFiles(file)
	if err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	var filled bytes.Buffer
	if err := t.Execute(&filled, nil); err != nil {
		return nil, fmt.Errorf("fill in the document: %w", err)
	}
	return indented(filled.Bytes())
}

// message describes an event where the document lists it.
func (e entry) message() object {
	return object{
		{"name", "bellhop." + e.Type},
		{"title", e.Says},
		{"description", e.prose},
		{"traits", []any{object{{"$ref", "#/components/messageTraits/event"}}}},
		{"payload", object{
			{"schemaFormat", "application/schema+json;version=draft-2020-12"},
			{"schema", object{{"$ref", "schema/" + e.Type + ".json"}}},
		}},
	}
}
