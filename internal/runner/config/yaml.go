package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// errReference is an anchor, an alias or a tag: what they make of a file is not what stands in it.
var errReference = errors.New("anchors, aliases and tags are not understood")

// document is a koanf.Provider of YAML that keeps every value as it is written. A decoder would make 83 of the key 0123, and
// 1.2e+22 of a long number.
type document []byte

// ReadBytes is part of koanf.Provider.
func (d document) ReadBytes() ([]byte, error) { return d, nil }

// Read answers maps of maps, texts ([]string for a list). An error holds no value of the file.
func (d document) Read() (map[string]any, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(d))
	var root yaml.Node
	err := decoder.Decode(&root)
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the file is empty")
	case err != nil:
		return nil, errors.New("not YAML: " + position(err))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one document")
	}
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("not a mapping: want projects: and one mapping for each below it")
	}
	return mapping(root.Content[0])
}

// position keeps of a parser's error where it is: the rest may repeat what stands there.
func position(err error) string {
	var line int
	if _, scanErr := fmt.Sscanf(err.Error(), "yaml: line %d:", &line); scanErr == nil {
		return fmt.Sprintf("line %d", line)
	}
	return "it cannot be read"
}

func mapping(node *yaml.Node) (map[string]any, error) {
	values := map[string]any{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if err := plain(key); err != nil {
			return nil, err
		}
		if key.Kind != yaml.ScalarNode || key.Value == "" {
			return nil, fmt.Errorf("line %d: a key must be a name", key.Line)
		}
		if _, twice := values[key.Value]; twice {
			return nil, fmt.Errorf("line %d: the key %s stands there twice", key.Line, quote(key.Value))
		}
		read, err := content(value)
		if err != nil {
			return nil, err
		}
		values[key.Value] = read
	}
	return values, nil
}

func content(node *yaml.Node) (any, error) {
	if err := plain(node); err != nil {
		return nil, err
	}
	switch node.Kind {
	case yaml.MappingNode:
		return mapping(node)
	case yaml.SequenceNode:
		items := make([]string, len(node.Content))
		for i, item := range node.Content {
			if err := plain(item); err != nil {
				return nil, err
			}
			if item.Kind != yaml.ScalarNode {
				return nil, fmt.Errorf("line %d: a list holds values, not lists or mappings", item.Line)
			}
			items[i] = text(item)
		}
		return items, nil
	default:
		return text(node), nil
	}
}

// text is a value as it is written; null is nothing.
func text(node *yaml.Node) string {
	if node.Tag == "!!null" {
		return ""
	}
	return node.Value
}

func plain(node *yaml.Node) error {
	if node.Kind == yaml.AliasNode || node.Anchor != "" || node.Style&yaml.TaggedStyle != 0 {
		return fmt.Errorf("line %d: %w", node.Line, errReference)
	}
	return nil
}
