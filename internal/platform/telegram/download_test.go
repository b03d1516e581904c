package telegram

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// shelf serves one file, however it is asked for.
func shelf(t *testing.T, cfg Config, status int, data string) (*Client, *string) {
	t.Helper()
	var path string
	return againstConfig(t, cfg, func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.EscapedPath()
		w.WriteHeader(status)
		_, _ = io.WriteString(w, data)
	}), &path
}

func TestFileIsFetchedFromBesideTheMethods(t *testing.T) {
	c, path := shelf(t, Config{}, http.StatusOK, "content")
	file, err := c.Download(t.Context(), FileInfo{Path: "documents/file 1.txt", Size: 7})
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(file)
	if err != nil || string(data) != "content" || *path != "/file/bot"+testToken+"/documents/file%201.txt" {
		t.Fatalf("%q from %s, %v", data, *path, err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestPathLeadsNowhereElse(t *testing.T) {
	c, path := shelf(t, Config{}, http.StatusOK, "secret")
	for _, bad := range []string{
		"", "/var/lib/telegram-bot-api/x.jpg", "../../bot" + testToken + "/getMe", "a/../../../x", "https://elsewhere.example/x", "//elsewhere.example/x",
		`..\x`, "a?b", "a#b", "%2e%2e/%2e%2e/x", "..", ".",
	} {
		file, err := c.Download(t.Context(), FileInfo{Path: bad})
		if err == nil {
			_ = file.Close()
			if !strings.HasPrefix(*path, "/file/bot"+testToken+"/") || strings.Contains(*path, "..") {
				t.Errorf("%q leads to %s", bad, *path)
			}
			continue
		}
		if KindOf(err) != KindBadRequest || strings.Contains(err.Error(), "AAtesttoken") {
			t.Errorf("%q: %v is %v", bad, err, KindOf(err))
		}
	}
}

func TestFileIsHeldToItsSize(t *testing.T) {
	for name, test := range map[string]struct {
		info FileInfo
		data string
		want Kind
	}{
		"whole":                    {FileInfo{Path: "x", Size: 10}, strings.Repeat("x", 10), KindNone},
		"of unknown size":          {FileInfo{Path: "x"}, strings.Repeat("x", 10), KindNone},
		"larger than the limit":    {FileInfo{Path: "x"}, strings.Repeat("x", 11), KindFileTooBig},
		"shorter than it was said": {FileInfo{Path: "x", Size: 10}, "123", KindUnknown},
	} {
		c, _ := shelf(t, Config{MaxDownload: 10}, http.StatusOK, test.data)
		if _, err := readFile(t.Context(), c, test.info); KindOf(err) != test.want {
			t.Errorf("%s: %v is %v, want %v", name, err, KindOf(err), test.want)
		}
	}
}

// An answer without a length is only found to be too long as it is read.
func TestFileThatDoesNotEndIsCutAtTheLimit(t *testing.T) {
	c := againstConfig(t, Config{MaxDownload: 1000}, func(w http.ResponseWriter, _ *http.Request) {
		for range 100 {
			if _, err := io.WriteString(w, strings.Repeat("x", 1000)); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
		}
	})
	if data, err := readFile(t.Context(), c, FileInfo{Path: "x"}); KindOf(err) != KindFileTooBig || len(data) > 1000 {
		t.Fatalf("%d bytes, %v", len(data), err)
	}
}

func readFile(ctx context.Context, c *Client, info FileInfo) ([]byte, error) {
	file, err := c.Download(ctx, info)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(file)
}

func TestAnswerWithoutAFileSaysWhatToDo(t *testing.T) {
	for status, want := range map[int]Kind{404: KindFileGone, 401: KindGone, 429: KindRateLimited, 502: KindUnknown, 302: KindUnknown, 413: KindFileTooBig} {
		c, _ := shelf(t, Config{}, status, `{"ok":false}`)
		if _, err := readFile(t.Context(), c, FileInfo{Path: "x"}); KindOf(err) != want {
			t.Errorf("%d: %v is %v, want %v", status, err, KindOf(err), want)
		}
	}
}

func TestTooLargeAFileIsToldBeforeItIsFetched(t *testing.T) {
	c, path := shelf(t, Config{MaxDownload: 10}, http.StatusOK, `{"ok":true,"result":{"file_id":"x","file_size":11,"file_path":"p"}}`)
	if info, err := c.GetFile(t.Context(), "x"); KindOf(err) != KindFileTooBig || info.Size != 11 || !strings.HasSuffix(*path, "/getFile") {
		t.Fatalf("%+v, %v", info, err)
	}
	if c.MaxDownload() != 10 {
		t.Fatal("the limit is another")
	}
}

func TestTokenIsInNoErrorOfADownload(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx    context.Context
		client *Client
	}{
		"nobody listens": {t.Context(), New(Config{Token: testToken, APIURL: closed.URL})},
		"bad base URL":   {t.Context(), New(Config{Token: testToken, APIURL: "http://a b"})},
		"canceled":       {canceled, New(Config{Token: testToken, APIURL: closed.URL})},
		"redirect": {t.Context(), against(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1"+r.URL.Path, http.StatusFound)
		})},
		"broken connection": {t.Context(), against(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })},
		"broken in the middle": {t.Context(), against(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		})},
	} {
		_, err := readFile(test.ctx, test.client, FileInfo{Path: "documents/x", Size: 10})
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		for cause := err; cause != nil; cause = errors.Unwrap(cause) {
			if strings.Contains(cause.Error(), "AAtesttoken") {
				t.Errorf("%s: the error holds the token: %v", name, cause)
			}
		}
	}
}

func FuzzFileURL(f *testing.F) {
	f.Add("photos/file_1.jpg")
	f.Add("../../x")
	f.Add("%2e%2e/..;/x")
	c := New(Config{Token: testToken})
	f.Fuzz(func(t *testing.T, path string) {
		address, err := c.fileURL(path)
		if err == nil && !strings.HasPrefix(address, DefaultAPIURL+"/file/bot"+testToken+"/") {
			t.Fatalf("%q leads to %s", path, address)
		}
	})
}
