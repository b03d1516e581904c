package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/bellhop-chat/bellhop/internal/catalogue"
)

// Checker knows the schema of every type.
type Checker map[string]checked

type checked struct {
	schema *jsonschema.Schema
	by     []string
}

// New reads the catalogue.
func New() (Checker, error) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat() // a time that is none is an error, not a remark
	c := Checker{}
	for _, e := range catalogue.All() {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(e.Schema))
		if err != nil {
			return nil, fmt.Errorf("read the schema of %s: %w", e.Type, err)
		}
		if err := compiler.AddResource(e.Type, document); err != nil {
			return nil, fmt.Errorf("add the schema of %s: %w", e.Type, err)
		}
		schema, err := compiler.Compile(e.Type)
		if err != nil {
			return nil, fmt.Errorf("compile the schema of %s: %w", e.Type, err)
		}
		c[e.Type] = checked{schema, e.By}
	}
	return c, nil
}

// Check says what is wrong with an event of a type.
func (c Checker) Check(kind string, event []byte) error {
	known, ok := c[kind]
	if !ok {
		return fmt.Errorf("the catalogue has no %s", kind)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(event))
	if err != nil {
		return fmt.Errorf("read a %s: %w", kind, err)
	}
	if err := known.schema.Validate(value); err != nil {
		return fmt.Errorf("a %s that is not as the catalogue says: %w\n%s", kind, err, event)
	}
	var envelope struct{ Source string }
	if err := json.Unmarshal(event, &envelope); err != nil {
		return fmt.Errorf("read a %s: %w", kind, err)
	}
	if by := path.Base(envelope.Source); !slices.Contains(known.by, by) {
		return fmt.Errorf("a %s by %s, the catalogue says %v", kind, by, known.by)
	}
	return nil
}
