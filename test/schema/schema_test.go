package schema_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/catalogue"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/test/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// example is the example in a type's schema.
func example(t *testing.T, kind string) []byte {
	t.Helper()
	e, ok := catalogue.Of(kind)
	var document struct{ Examples []json.RawMessage }
	if err := json.Unmarshal(e.Schema, &document); err != nil || !ok || len(document.Examples) != 1 {
		t.Fatalf("%s: %d examples, %v", kind, len(document.Examples), err)
	}
	return document.Examples[0]
}

func checker(t *testing.T) schema.Checker {
	t.Helper()
	c, err := schema.New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryTypeHasAnExampleThatIsAsItsSchemaSaysAndDecodes(t *testing.T) {
	c := checker(t)
	fields := (*eventv1.Catalogue)(nil).ProtoReflect().Descriptor().Fields()
	for _, e := range catalogue.All() {
		event := example(t, e.Type)
		if err := c.Check(e.Type, event); err != nil {
			t.Error(err)
		}
		var envelope struct{ Data json.RawMessage }
		if err := json.Unmarshal(event, &envelope); err != nil {
			t.Fatal(err)
		}
		field := fields.ByTextName(strings.Replace(e.Type, ".", "_", 1))
		if field == nil {
			t.Fatalf("%s is not in the contract", e.Type)
		}
		data := (&eventv1.Catalogue{}).ProtoReflect().NewField(field).Message().Interface()
		if err := protojson.Unmarshal(envelope.Data, data); err != nil { // it knows no field that the contract has not
			t.Errorf("%s: %v", e.Type, err)
		}
		if proto.Size(data) == 0 {
			t.Errorf("%s says nothing", e.Type)
		}
	}
}

func TestWhatIsNotAsTheCatalogueSaysIsFound(t *testing.T) {
	c := checker(t)
	good := example(t, "message.created")
	for what, change := range map[string][2]string{
		"a time that is none":      {`"time": "2026-11-21T04:24:55.391Z"`, `"time": "yesterday"`},
		"another type":             {`bellhop.message.created`, `bellhop.message.edited`},
		"nobody's":                 {`/projects/default/gateway`, `/projects/default/stranger`},
		"a sender that is none":    {`"sender": "visitor"`, `"sender": "somebody"`},
		"no content but a number":  {`"content": "hello"`, `"content": 7`},
		"an id that is left out":   {`"specversion": "1.0",`, ``},
		"a message without an id":  {`"message": {`, `"message": {}, "was": {`},
		"another version of it":    {`"1.0"`, `"0.3"`},
		"no JSON":                  {`{`, `[`},
		"an event without a state": {`"status": "sent"`, `"status": "gone"`},
	} {
		bad := bytes.Replace(good, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(bad, good) {
			t.Fatalf("%s changes nothing in %s", what, good)
		}
		if c.Check("message.created", bad) == nil {
			t.Errorf("%s was taken", what)
		}
	}
	if c.Check("message.invented", good) == nil {
		t.Error("a type that nobody knows was taken")
	}
}
