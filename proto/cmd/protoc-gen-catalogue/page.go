package main

import (
	"bytes"
	"fmt"
	"strings"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// page is the catalogue for people.
func page(entries []entry) []byte {
	var b bytes.Buffer
	b.WriteString("<!-- Written by `make generate` from proto/. -->\n\n# Types of events\n\n")
	b.WriteString("What an event is and where to hear it: [README.md](README.md). A field that is not marked \"always\" is left out when it is empty, 0 or false.\n\n")
	b.WriteString("| type | published by | data | says |\n| --- | --- | --- | --- |\n")
	for _, e := range entries {
		fmt.Fprintf(&b, "| [`%s`](schema/%s.json) | %s | %s | %s |\n", e.Type, e.Type, strings.Join(e.By, ", "), link(e.data), cell(e.prose))
	}
	shown := map[protoreflect.FullName]bool{}
	var queue []*protogen.Message
	for _, e := range entries {
		queue = append(queue, e.data)
	}
	for ; len(queue) > 0; queue = queue[1:] {
		m := queue[0]
		if shown[m.Desc.FullName()] || wellKnown(m.Desc.FullName()) != nil {
			continue
		}
		shown[m.Desc.FullName()] = true
		queue = append(queue, described(&b, m)...)
	}
	return b.Bytes()
}

// described writes the table of a message's fields, and answers the messages that they are of.
func described(b *bytes.Buffer, m *protogen.Message) (of []*protogen.Message) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n| field | type | says |\n| --- | --- | --- |\n", heading(m), prose(m.Comments))
	for _, f := range m.Fields {
		rule := ruleOf(f)
		says := cell(prose(f.Comments))
		if rule.GetRequired() {
			says = strings.TrimSpace("Always. " + says)
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", f.Desc.JSONName(), typeName(f), says)
		if f.Message != nil {
			of = append(of, f.Message)
		}
	}
	return of
}

// typeName says what a field is in JSON.
func typeName(f *protogen.Field) string {
	name := f.Desc.Kind().String()
	switch {
	case f.Message != nil && wellKnown(f.Message.Desc.FullName()) == nil:
		name = link(f.Message)
	case f.Message != nil:
		name = map[protoreflect.Name]string{"Timestamp": "time", "Struct": "object", "Value": "anything"}[f.Message.Desc.Name()]
	case f.Desc.Kind() == protoreflect.Int64Kind || f.Desc.Kind() == protoreflect.Uint64Kind:
		name = "digits"
	case f.Desc.Kind() == protoreflect.Int32Kind:
		name = "number"
	}
	if values := ruleOf(f).GetValues(); len(values) > 0 {
		name = "`" + strings.Join(values, "`, `") + "`"
	}
	if f.Desc.IsList() {
		return "list of " + name
	}
	return name
}

// heading names a message; a noun of bellhop.v1 may have the name of an event's data.
func heading(m *protogen.Message) string {
	return strings.TrimPrefix(string(m.Desc.FullName()), "bellhop.event.v1.")
}

func link(m *protogen.Message) string {
	return fmt.Sprintf("[%s](#%s)", heading(m), strings.ToLower(strings.ReplaceAll(heading(m), ".", "")))
}

// cell is text that fits a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
