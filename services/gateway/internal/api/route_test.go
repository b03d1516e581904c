package api

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestEveryRouteIsInTheDocumentAndNoOther(t *testing.T) {
	var doc struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal(openapi, &doc); err != nil {
		t.Fatal(err)
	}
	var written []string
	for path, methods := range doc.Paths {
		for method := range methods {
			written = append(written, strings.ToUpper(method)+" "+path)
		}
	}
	a := &Routes{Commands: &Commands{}}
	served := slices.Collect(maps.Keys(a.Commands.privacy()))
	for pattern := range a.actions() {
		served = append(served, "POST "+pattern)
	}
	for pattern := range a.questions() {
		served = append(served, "GET "+pattern)
	}
	served = append(served, "PATCH "+oneProject, "GET /api/events/stream", "GET /api/openapi.json", "GET /health") // of which the last is the gateway's own
	slices.Sort(written)
	slices.Sort(served)
	if !slices.Equal(written, served) {
		t.Errorf("the document has\n%s\nand there is\n%s", strings.Join(written, "\n"), strings.Join(served, "\n"))
	}
}
