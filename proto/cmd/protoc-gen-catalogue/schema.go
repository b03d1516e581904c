package main

import (
	"encoding/json"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	rulev1 "github.com/bellhop-chat/bellhop/proto/bellhop/rule/v1"
)

// schema describes the whole event, envelope and data.
func (e entry) schema(example json.RawMessage) object {
	text := object{{"type", "string"}}
	properties := object{
		{"specversion", object{{"const", "1.0"}}},
		{"id", object{{"description", "The same fact always has the same id."}, {"type", "string"}, {"minLength", 1}}},
		{"type", object{{"const", "bellhop." + e.Type}}},
		{"source", append(object{{"description", "/projects/<project>/<service>"}}, append(text, field{"pattern", "^/projects/[a-z0-9-]+/[a-z]+$"})...)},
		{"subject", object{{"description", `The session, or "all".`}, {"type", "string"}, {"minLength", 1}}},
		{"time", object{{"type", "string"}, {"format", "date-time"}}},
		{"datacontenttype", object{{"const", "application/json"}}},
		{"data", reference(e.data)},
	}
	defs := &definitions{seen: map[protoreflect.FullName]bool{}}
	defs.add(e.data)
	return object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", "urn:bellhop:event:v1:" + e.Type},
		{"title", "bellhop." + e.Type},
		{"description", e.prose},
		{"type", "object"},
		{"required", properties.keys()},
		{"properties", properties},
		{"$defs", defs.all},
		{"examples", []any{e.example(example)}},
	}
}

func (o object) keys() []string {
	keys := make([]string, len(o))
	for i, f := range o {
		keys[i] = f.key
	}
	return keys
}

// example is an event with the data of an example.
func (e entry) example(data json.RawMessage) object {
	var about struct {
		SessionID string `json:"sessionId"`
		Session   struct{ ID string }
	}
	_ = json.Unmarshal(data, &about) // a test decodes it strictly
	session := about.SessionID + about.Session.ID
	if session == "" {
		session = "all"
	}
	return object{
		{"specversion", "1.0"}, {"id", "01a1fc59-a35f-73ad-b25c-afae56b0de78"}, {"type", "bellhop." + e.Type},
		{"source", "/projects/default/" + e.By[0]}, {"subject", session}, {"time", "2026-11-21T04:24:55.391Z"},
		{"datacontenttype", "application/json"}, {"data", data},
	}
}

// definitions are the messages that a schema needs, each once.
type definitions struct {
	all  object
	seen map[protoreflect.FullName]bool
}

func (d *definitions) add(m *protogen.Message) {
	if name := m.Desc.FullName(); d.seen[name] || wellKnown(name) != nil {
		return
	}
	d.seen[m.Desc.FullName()] = true
	var properties object
	var required []string
	at := len(d.all)
	d.all = append(d.all, field{key: string(m.Desc.FullName())})
	for _, f := range m.Fields {
		rule := ruleOf(f)
		if rule.GetRequired() {
			required = append(required, f.Desc.JSONName())
		}
		properties = append(properties, field{f.Desc.JSONName(), property(f, rule)})
		if f.Message != nil {
			d.add(f.Message)
		}
	}
	d.all[at].value = object{}.with("description", prose(m.Comments)).with("type", "object").with("required", required).with("properties", properties)
}

func ruleOf(f *protogen.Field) *rulev1.Rule {
	rule, _ := proto.GetExtension(f.Desc.Options(), rulev1.E_Rule).(*rulev1.Rule)
	return rule
}

func reference(m *protogen.Message) object {
	if known := wellKnown(m.Desc.FullName()); known != nil {
		return known
	}
	return object{{"$ref", "#/$defs/" + string(m.Desc.FullName())}}
}
