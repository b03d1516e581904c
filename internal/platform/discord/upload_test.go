package discord

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

func TestFilesAreStreamedBesideThePayload(t *testing.T) {
	var parts []string
	c := against(t, func(w http.ResponseWriter, r *http.Request) {
		form, err := r.MultipartReader()
		if err != nil || r.ContentLength <= 0 {
			t.Errorf("%v, a body of %d", err, r.ContentLength)
			return
		}
		for part, err := form.NextPart(); err == nil; part, err = form.NextPart() {
			data, _ := io.ReadAll(part)
			_, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
			parts = append(parts, params["name"]+"|"+params["filename"]+"|"+part.Header.Get("Content-Type")+"|"+string(data))
		}
		_, _ = io.WriteString(w, `{"id":"`+testMessage+`"}`)
	})
	_, err := c.CreateMessage(t.Context(), testChannel, NewMessage{Content: "c", Files: []File{
		{Name: "a\"b\r\n.png", Type: "image/png", Description: "d", Size: 3, Body: strings.NewReader("abc")},
		{Name: "empty", Size: 0, Body: strings.NewReader("")},
	}})
	if err != nil || len(parts) != 3 {
		t.Fatalf("%q, %v", parts, err)
	}
	payload, found := strings.CutPrefix(parts[0], "payload_json||application/json|")
	want := `{"content":"c",` + mute + `,"attachments":[{"id":0,"filename":"a\"b\r\n.png","description":"d"},{"id":1,"filename":"empty"}]}`
	if !found || !sameJSON(t, payload, want) {
		t.Errorf("payload is %q, want %s", parts[0], want)
	}
	if !strings.HasPrefix(parts[1], `files[0]|a"b`) || !strings.HasSuffix(parts[1], "|image/png|abc") || parts[2] != "files[1]|empty|application/octet-stream|" {
		t.Errorf("files are %q", parts[1:])
	}
}

// endless gives bytes for ever, and counts who reads them.
type endless struct {
	reads atomic.Int64
	ended atomic.Bool
	late  atomic.Bool
}

func (e *endless) Read(p []byte) (int, error) {
	e.reads.Add(1)
	if e.ended.Load() {
		e.late.Store(true)
	}
	return len(p), nil
}

func TestFileIsNotReadAfterTheCallHasEnded(t *testing.T) {
	c := against(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(413) // before the body was read
		_, _ = io.WriteString(w, `{"code":40005,"message":"Request entity too large"}`)
	})
	for range 20 {
		file := &endless{}
		_, err := c.CreateMessage(t.Context(), testChannel, NewMessage{Files: []File{{Name: "big", Size: 1 << 40, Body: file}}})
		file.ended.Store(true)
		if kind := KindOf(err); kind != KindTooLarge && kind != KindUnknown { // the connection may break before the answer is read
			t.Fatalf("%v is %v", err, kind)
		}
		if file.late.Load() {
			t.Fatal("the file was read after the call")
		}
	}
}

func TestFileOfAnotherLengthFailsTheCall(t *testing.T) {
	c := against(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			_, _ = io.WriteString(w, `{"id":"`+testMessage+`"}`)
		}
	})
	_, err := c.CreateMessage(t.Context(), testChannel, NewMessage{Files: []File{{Name: "x", Size: 10, Body: strings.NewReader("abc")}}})
	if KindOf(err) != KindUnknown {
		t.Errorf("too short: %v", err)
	}
	for _, file := range []File{{Name: "x", Size: -1, Body: strings.NewReader("")}, {Name: "x", Size: 1}} {
		if _, err := c.CreateMessage(t.Context(), testChannel, NewMessage{Files: []File{file}}); KindOf(err) != KindBadRequest {
			t.Errorf("%+v: %v", file, err)
		}
	}
}

func TestAttachmentComesFromDiscordOrTheLoopbackOnly(t *testing.T) {
	c := against(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the token was sent along")
		}
		switch r.URL.Path {
		case "/gone":
			w.WriteHeader(404)
		case "/elsewhere":
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		case "/broken":
			w.WriteHeader(500)
		default:
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(bytes.Repeat([]byte("x"), 1000))
		}
	})
	here := strings.TrimSuffix(c.base, "/api/v10")
	got, err := c.Download(t.Context(), here+"/a.png?ex=1&hm=2", 1000)
	if err != nil || got.Size != 1000 || got.Type != "image/png" {
		t.Fatalf("%+v, %v", got, err)
	}
	data, err := io.ReadAll(got.Body)
	if err != nil || len(data) != 1000 || got.Body.Close() != nil {
		t.Fatalf("%d bytes, %v", len(data), err)
	}
	if _, err := c.Download(t.Context(), here+"/a.png", 999); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	for path, want := range map[string]Kind{"/gone": KindMessageGone, "/elsewhere": KindUnknown, "/broken": KindUnknown} {
		if _, err := c.Download(t.Context(), here+path, 1000); KindOf(err) != want {
			t.Errorf("%s: %v is %v, want %v", path, err, KindOf(err), want)
		}
	}
	for _, address := range []string{"http://169.254.169.254/x", "https://cdn.discordapp.com.evil.example/x", "ftp://127.0.0.1/", "", "::", "http://u:p@127.0.0.1/"} {
		if _, err := c.Download(t.Context(), address, 1000); err == nil {
			t.Errorf("%q was fetched", address)
		}
	}
	official := New(Config{Token: testToken, APIURL: DefaultAPIURL})
	for _, address := range []string{here + "/a.png", "http://cdn.discordapp.com/x", "https://cdn.discordapp.com:8443/x", "https://127.0.0.1/"} {
		if _, err := official.Download(t.Context(), address, 1000); !errors.Is(err, errForeignHost) {
			t.Errorf("%q: %v", address, err)
		}
	}
	behind := New(Config{Token: testToken, APIURL: "http://proxy.example:8092/api/v10"})
	for address, may := range map[string]bool{
		"http://proxy.example:8092/attachments/x": true, "https://cdn.discordapp.com/x": true, "http://proxy.example/x": false, "https://proxy.example:8092/x": false, here: false,
	} {
		if u, err := url.Parse(address); err != nil || behind.mayFetch(u) != may {
			t.Errorf("behind a proxy %q may be fetched: %v", address, !may)
		}
	}
}

func TestAttachmentOfUnknownLengthIsBounded(t *testing.T) {
	for length, fits := range map[int]bool{0: true, 999: true, 1000: true, 1001: false, 100_000: false} {
		c := against(t, func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush() // so that no length is told
			_, _ = w.Write(bytes.Repeat([]byte("x"), length))
		})
		got, err := c.Download(t.Context(), c.base, 1000)
		if err != nil || got.Size != -1 {
			t.Fatalf("%+v, %v", got, err)
		}
		data, err := io.ReadAll(got.Body)
		_ = got.Body.Close()
		if errors.Is(err, ErrTooLarge) == fits || len(data) != min(length, 1000) {
			t.Errorf("of %d bytes %d were read: %v", length, len(data), err)
		}
	}
}

func TestFileThatWasTakenBackIsNotRead(t *testing.T) {
	body, err := newUpload([]byte(`{}`), []File{{Name: "x", Size: 1 << 20, Body: strings.NewReader(strings.Repeat("x", 1<<20))}})
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 10)
	if n, err := body.reader.Read(first); n == 0 || err != nil {
		t.Fatalf("%d bytes, %v", n, err)
	}
	body.release()
	if n, err := body.reader.Read(first); n != 0 || !errors.Is(err, errTakenBack) {
		t.Fatalf("%d bytes, %v", n, err)
	}
}
