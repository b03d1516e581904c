package build_test

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/web"
	"github.com/bellhop-chat/bellhop/web/build"
)

// esbuild keeps a worker for its plugins until the process ends.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func built(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := build.Files("..")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCommittedFilesAreWhatTheSourcesSay(t *testing.T) {
	want := built(t)
	got := map[string][]byte{}
	for name := range want {
		content, err := fs.ReadFile(web.Files(), name)
		if err != nil {
			t.Errorf("%v: run make web, and commit what it writes", err)
		}
		got[name] = content
	}
	entries, err := fs.ReadDir(web.Files(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, wanted := want[entry.Name()]; !wanted {
			t.Errorf("dist has %s, which the sources do not make: run make web", entry.Name())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !bytes.Equal(got[name], want[name]) {
			t.Errorf("dist/%s differs from what the sources make: run make web, and commit what it writes", name)
		}
	}
}

// The budgets, in bytes after gzip -9: a page that nobody chats on pays for the loader alone.
const (
	loaderBudget = 5 << 10
	panelBudget  = 30 << 10
	localeBudget = 3 << 10
)

func TestSizesStayWithinTheirBudgets(t *testing.T) {
	for name, content := range built(t) {
		budget := localeBudget
		switch {
		case name == web.Loader || strings.HasSuffix(name, ".mjs"):
			budget = loaderBudget
		case strings.HasPrefix(name, "panel-"), strings.HasPrefix(name, "chunk-"):
			budget = panelBudget
		}
		size := zipped(t, content)
		t.Logf("%-24s %6d bytes, %6d after gzip, budget %d", name, len(content), size, budget)
		if size > budget {
			t.Errorf("%s has %d bytes after gzip, more than its budget of %d", name, size, budget)
		}
	}
}

func zipped(t *testing.T, content []byte) int {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// A site whose policy allows neither inline styles nor eval must be able to use the widget.
func TestNothingNeedsAnOpenContentPolicy(t *testing.T) {
	for name, content := range built(t) {
		for _, forbidden := range []string{"eval(", "new Function", "innerHTML", "document.write", "createElement(\"style\")", `setAttribute("style"`} {
			// Preact knows dangerouslySetInnerHTML; nobody here uses it.
			if strings.Contains(strings.ReplaceAll(string(content), "dangerouslySetInnerHTML", ""), forbidden) && forbidden != "innerHTML" {
				t.Errorf("%s has %s", name, forbidden)
			}
		}
	}
}
