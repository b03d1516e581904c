package catalogue_test

import (
	"os"
	"path/filepath"
	"strings"
)

// references calls fn with everything that a document refers to.
func references(value any, fn func(string)) {
	switch v := value.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			fn(ref)
		}
		for _, inner := range v {
			references(inner, fn)
		}
	case []any:
		for _, inner := range v {
			references(inner, fn)
		}
	}
}

// leads says whether a reference leads to a part of the document, or to a file beside it.
func leads(document any, dir, ref string) bool {
	pointer, inside := strings.CutPrefix(ref, "#/")
	if !inside {
		_, err := os.Stat(filepath.Join(dir, filepath.FromSlash(ref)))
		return err == nil
	}
	for key := range strings.SplitSeq(pointer, "/") {
		object, ok := document.(map[string]any)
		if !ok {
			return false
		}
		document = object[key]
	}
	return document != nil
}
