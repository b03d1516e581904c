package discord

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/bellhop-chat/bellhop/internal/label"
)

const (
	// maxFields bounds how many refused fields are kept, and maxDepth how deep they are looked for.
	maxFields = 20
	maxDepth  = 12
)

// fields reads the tree of a refused form: {"content":{"_errors":[{"code":"…","message":"…"}]},"embeds":{"0":{…}}}.
func fields(tree json.RawMessage) []FieldError {
	var found []FieldError
	collect(&found, tree, "", maxDepth)
	return found
}

func collect(found *[]FieldError, node json.RawMessage, path string, depth int) {
	var children map[string]json.RawMessage
	if depth == 0 || json.Unmarshal(node, &children) != nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(children)) {
		if len(*found) >= maxFields {
			return
		}
		if key == "_errors" {
			collectCodes(found, children[key], path)
			continue
		}
		below := label.Line(key, 64)
		if path != "" {
			below = path + "." + below
		}
		collect(found, children[key], below, depth-1)
	}
}

func collectCodes(found *[]FieldError, list json.RawMessage, path string) {
	var codes []struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(list, &codes) != nil {
		return
	}
	for _, one := range codes {
		if len(*found) < maxFields {
			*found = append(*found, FieldError{Path: path, Code: label.Line(one.Code, 64)})
		}
	}
}
