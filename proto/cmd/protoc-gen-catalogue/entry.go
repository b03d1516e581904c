package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/proto"

	rulev1 "github.com/bellhop-chat/bellhop/proto/bellhop/rule/v1"
)

// listing is the message whose fields are the types of events.
const listing = "bellhop.event.v1.Catalogue"

// entry is one type of event.
type entry struct {
	Type string `json:"type"`
	// By are the services that publish it.
	By []string `json:"by"`
	// Says is one line.
	Says   string `json:"says"`
	Schema object `json:"schema"`

	prose string
	data  *protogen.Message
}

// catalogue reads every type, in alphabetical order.
func catalogue(plugin *protogen.Plugin, examples map[string]json.RawMessage) ([]entry, error) {
	list := find(plugin, listing)
	if list == nil {
		return nil, fmt.Errorf("there is no %s", listing)
	}
	var entries []entry
	for _, f := range list.Fields {
		noun, verb, _ := strings.Cut(string(f.Desc.Name()), "_")
		e := entry{Type: noun + "." + verb, prose: prose(f.Comments), data: f.Message}
		e.By, _ = proto.GetExtension(f.Desc.Options(), rulev1.E_By).([]string)
		e.Says = firstSentence(e.prose)
		example, ok := examples[e.Type]
		if len(e.By) == 0 || e.prose == "" || !ok {
			return nil, fmt.Errorf("%s needs a comment, who publishes it, and an example", e.Type)
		}
		e.Schema = e.schema(example)
		entries = append(entries, e)
	}
	if len(entries) != len(examples) {
		return nil, fmt.Errorf("%d types and %d examples", len(entries), len(examples))
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.Type, b.Type) })
	return entries, nil
}

func find(plugin *protogen.Plugin, name string) *protogen.Message {
	for _, file := range plugin.Files {
		for _, m := range file.Messages {
			if string(m.Desc.FullName()) == name {
				return m
			}
		}
	}
	return nil
}

// prose is a comment as running text.
func prose(c protogen.CommentSet) string { return strings.Join(strings.Fields(string(c.Leading)), " ") }

// firstSentence is a text up to its first full stop, without it.
func firstSentence(text string) string {
	sentence, _, _ := strings.Cut(text, ". ")
	return strings.TrimSuffix(sentence, ".")
}
