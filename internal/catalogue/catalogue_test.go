package catalogue_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/catalogue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEveryTypeOfTheBusIsInTheCatalogueAndNoOther(t *testing.T) {
	types := bus.Types()
	all := catalogue.All()
	if len(all) != len(types) {
		t.Fatalf("%d types on the bus, %d in the catalogue", len(types), len(all))
	}
	for i, kind := range types {
		if all[i].Type != string(kind) || len(all[i].By) == 0 || all[i].Says == "" {
			t.Errorf("%s: %+v", kind, all[i])
		}
	}
	if _, ok := catalogue.Of("message.invented"); ok {
		t.Error("an invented type was found")
	}
}

func TestWhatTheBinarySaysIsWhatTheDocumentsSay(t *testing.T) {
	for _, e := range catalogue.All() {
		document, err := os.ReadFile(filepath.Join("..", "..", "docs", "events", "schema", e.Type+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var ours, theirs bytes.Buffer
		if err := json.Compact(&ours, e.Schema); err != nil {
			t.Fatal(err)
		}
		if err := json.Compact(&theirs, document); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(ours.Bytes(), theirs.Bytes()) {
			t.Errorf("%s is another in docs/events", e.Type)
		}
	}
}

// Every reference of the document leads somewhere.
func TestAsyncAPIDocumentHasNoLooseEnd(t *testing.T) {
	dir := filepath.Join("..", "..", "docs", "events")
	raw, err := os.ReadFile(filepath.Join(dir, "asyncapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(raw, &document); err != nil || document["asyncapi"] != "3.1.0" {
		t.Fatalf("asyncapi %v, %v", document["asyncapi"], err)
	}
	n := 0
	references(document, func(ref string) {
		n++
		if !leads(document, dir, ref) {
			t.Errorf("%s leads nowhere", ref)
		}
	})
	if want := 4 * len(bus.Types()); n < want { // in two channels, with a trait and a schema
		t.Errorf("%d references, want %d at least", n, want)
	}
}
