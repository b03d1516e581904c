package main

import (
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protoreflect"

	rulev1 "github.com/bellhop-chat/bellhop/proto/bellhop/rule/v1"
)

// property is a field as the JSON mapping of protobuf writes it.
func property(f *protogen.Field, rule *rulev1.Rule) object {
	described := object{}.with("description", prose(f.Comments))
	one := single(f, rule)
	if !f.Desc.IsList() {
		return append(described, one...)
	}
	list := append(described, field{"type", "array"}, field{"items", one})
	if rule.GetRequired() {
		list = append(list, field{"minItems", 1})
	}
	return list
}

func single(f *protogen.Field, rule *rulev1.Rule) object {
	switch f.Desc.Kind() {
	case protoreflect.MessageKind:
		return reference(f.Message)
	case protoreflect.BoolKind:
		return object{{"type", "boolean"}}
	case protoreflect.Int64Kind: // JSON has no number that holds it
		return object{{"type", "string"}, {"pattern", "^-?[0-9]+$"}}
	case protoreflect.Uint64Kind:
		return object{{"type", "string"}, {"pattern", "^[0-9]+$"}}
	case protoreflect.Int32Kind:
		return limits(object{{"type", "integer"}}, rule)
	default:
		return limits(object{{"type", "string"}}, rule)
	}
}

// limits narrows a text or a number.
func limits(o object, rule *rulev1.Rule) object {
	o = o.with("enum", rule.GetValues())
	if rule.GetRequired() && len(rule.GetValues()) == 0 {
		o = append(o, field{"minLength", 1})
	}
	if rule.GetMaxLength() > 0 {
		o = append(o, field{"maxLength", rule.GetMaxLength()})
	}
	if rule.GetMost() > 0 {
		o = append(o, field{"minimum", rule.GetLeast()}, field{"maximum", rule.GetMost()})
	}
	return o
}

// wellKnown is what the JSON mapping makes of protobuf's own messages; nil for any other.
func wellKnown(name protoreflect.FullName) object {
	switch name {
	case "google.protobuf.Timestamp":
		return object{{"type", "string"}, {"format", "date-time"}}
	case "google.protobuf.Struct":
		return object{{"type", "object"}}
	case "google.protobuf.Value":
		return object{}
	default:
		return nil
	}
}
