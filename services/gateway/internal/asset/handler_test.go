package asset

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bellhop-chat/bellhop/web"
)

func handler(t *testing.T) *Handler {
	t.Helper()
	h, err := New(web.Files())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func ask(h http.Handler, method, path string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestEveryFileIsServedToAnySiteAsWhatItIs(t *testing.T) {
	h := handler(t)
	for path, f := range h.files {
		res := ask(h, http.MethodGet, path)
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK || !bytes.Equal(body, f.content) {
			t.Errorf("%s: %d, %d bytes, %v", path, res.StatusCode, len(body), err)
		}
		for name, want := range map[string]string{
			"Content-Type": "text/javascript; charset=utf-8", "X-Content-Type-Options": "nosniff",
			"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestOnlyNamesWithAHashAreKeptForEver(t *testing.T) {
	h := handler(t)
	for path, lasting := range map[string]bool{Script: false, h.Hashed: true, Folder + stable: false} {
		caching := ask(h, http.MethodGet, path).Header.Get("Cache-Control")
		if strings.Contains(caching, "immutable") != lasting {
			t.Errorf("%s: %s", path, caching)
		}
	}
	entries, err := fs.Glob(web.Files(), "panel-*.js")
	if err != nil || len(entries) != 1 {
		t.Fatalf("panels: %v, %v", entries, err)
	}
	if caching := ask(h, http.MethodGet, Folder+entries[0]).Header.Get("Cache-Control"); !strings.Contains(caching, "immutable") {
		t.Errorf("the panel: %s", caching)
	}
}

func TestWhatABrowserHasIsNotSentAgain(t *testing.T) {
	h := handler(t)
	for _, encoding := range []string{"", "gzip, deflate, br"} {
		tag := ask(h, http.MethodGet, Script, "Accept-Encoding", encoding).Header.Get("ETag")
		res := ask(h, http.MethodGet, Script, "Accept-Encoding", encoding, "If-None-Match", tag)
		if tag == "" || res.StatusCode != http.StatusNotModified {
			t.Errorf("with %q: %d for the tag %s", encoding, res.StatusCode, tag)
		}
	}
}

func TestWhoTakesGzipGetsIt(t *testing.T) {
	h := handler(t)
	for encoding, want := range map[string]string{"gzip, deflate, br, zstd": "gzip", "br, gzip;q=0.5": "gzip", "gzip;q=0": "", "gzip;q=0.000": "", "": "", "br": ""} {
		res := ask(h, http.MethodGet, Script, "Accept-Encoding", encoding)
		if got := res.Header.Get("Content-Encoding"); got != want {
			t.Errorf("%q: %q, want %q", encoding, got, want)
		}
	}
	unzipped, err := gzip.NewReader(ask(h, http.MethodGet, Script, "Accept-Encoding", "gzip", "Range", "bytes=0-9").Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(unzipped)
	if err != nil || !bytes.Equal(got, h.files[Script].content) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestWhatIsNotThereIsRefusedAndNotKept(t *testing.T) {
	h := handler(t)
	for path, method := range map[string]string{"/widget/panel-OLD.js": http.MethodGet, "/widget/": http.MethodGet, "/widget/../widget.js": http.MethodGet} {
		res := ask(h, method, path)
		if res.StatusCode != http.StatusNotFound || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, %s", path, res.StatusCode, res.Header.Get("Cache-Control"))
		}
	}
	if res := ask(h, http.MethodPost, Script); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", res.StatusCode)
	}
}

func TestFilesThatWereNotBuiltAreAnError(t *testing.T) {
	for _, built := range []fstest.MapFS{{}, {web.Loader: {Data: []byte("loader")}}, {"panel-X.js": {Data: []byte("panel")}}} {
		if _, err := New(built); err == nil {
			t.Errorf("no error for %v", built)
		}
	}
}
