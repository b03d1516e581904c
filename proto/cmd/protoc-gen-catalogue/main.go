package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/types/pluginpb"
)

const (
	// sources is where the prose is, from where buf runs, and documents where people read it.
	sources   = "bellhop/event/v1"
	documents = "docs/events"
	embedded  = "internal/catalogue/catalogue.json"
)

func main() { protogen.Options{}.Run(generate) }

// generate writes every file, with paths from the root of the tree.
func generate(plugin *protogen.Plugin) error {
	plugin.SupportedFeatures = uint64(pluginpb.CodeGeneratorResponse_FEATURE_PROTO3_OPTIONAL) // no event has one
	raw, err := os.ReadFile(path.Join(sources, "examples.json"))
	if err != nil {
		return fmt.Errorf("read the examples: %w", err)
	}
	var examples map[string]json.RawMessage
	if err := json.Unmarshal(raw, &examples); err != nil {
		return fmt.Errorf("read the examples: %w", err)
	}
	entries, err := catalogue(plugin, examples)
	if err != nil {
		return err
	}
	document, err := asyncAPI(path.Join(sources, "asyncapi.json.tmpl"), entries)
	if err != nil {
		return err
	}
	files := map[string][]byte{path.Join(documents, "asyncapi.json"): document, path.Join(documents, "types.md"): page(entries)}
	for _, e := range entries {
		if files[path.Join(documents, "schema", e.Type+".json")], err = written(e.Schema); err != nil {
			return err
		}
	}
	if files[embedded], err = written(entries); err != nil {
		return err
	}
	for name, content := range files {
		if _, err := plugin.NewGeneratedFile(name, "").Write(content); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}
