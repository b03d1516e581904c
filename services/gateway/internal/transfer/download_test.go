package transfer_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

// saved is a file that an operator has sent: of these every type is taken.
func saved(t *testing.T, s *gatewaytest.Site, name, mime, body string) (*bellhopv1.Attachment, string) {
	t.Helper()
	files := s.Files()
	a, err := files.Save(t.Context(), file.Upload{
		Project: id.Default, Session: "ses_1", Filename: name, MIME: mime, From: "telegram", Reader: strings.NewReader(body),
	})
	if err != nil {
		t.Fatal(err)
	}
	return a, files.Link(s.Base, a, time.Hour)
}

func TestNothingThatIsServedCanAct(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	for _, c := range []struct{ name, mime, body, wantType, wantDisposition string }{
		{"a.png", "image/png", gatewaytest.PNG, "image/png", `inline; filename=a.png`},
		{"é \".png", "image/png", gatewaytest.PNG, "image/png", `inline; filename*=utf-8''%C3%A9%20_.png`},
		{"a.html", "text/html", "<!DOCTYPE html><script>alert(1)</script>", "application/octet-stream", "attachment; filename=a.html"},
		{"a.svg", "image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"/>`, "application/octet-stream", "attachment; filename=a.svg"},
		{"a.txt", "text/plain", "<!DOCTYPE html><script>alert(1)</script>", "text/plain; charset=utf-8", "attachment; filename=a.txt"},
		{"a.pdf", "application/pdf", "%PDF-1.7", "application/pdf", "attachment; filename=a.pdf"},
	} {
		_, link := saved(t, s, c.name, c.mime, c.body)
		for _, method := range []string{"GET", "HEAD"} {
			got := s.Fetch(method, link)
			if got.Status != http.StatusOK || method == "GET" && got.Raw != c.body {
				t.Errorf("%s %s: %d %q", method, c.name, got.Status, got.Raw)
			}
			for header, want := range map[string]string{
				"Content-Type": c.wantType, "Content-Disposition": c.wantDisposition, "X-Content-Type-Options": "nosniff",
				"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox", "Cross-Origin-Resource-Policy": "cross-origin",
			} {
				if got.Header.Get(header) != want {
					t.Errorf("%s %s: %s is %q, want %q", method, c.name, header, got.Header.Get(header), want)
				}
			}
		}
	}
}

func TestOnlyWhoHasASignedLinkGetsAFile(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	a, link := saved(t, s, "a.png", "image/png", gatewaytest.PNG)
	other, _ := saved(t, s, "b.png", "image/png", gatewaytest.PNG)
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	past := s.Files().Link(s.Base, a, -3*time.Hour)
	for what, address := range map[string]string{
		"no signature": s.Base + u.Path, "another file": strings.Replace(link, a.GetId(), other.GetId(), 1), "ended": past,
		"another end": strings.Replace(link, "expires=", "expires=1", 1), "no file": strings.Replace(link, a.GetId(), "att_", 1),
	} {
		got := s.Fetch("GET", address)
		if got.Status != http.StatusForbidden || !strings.Contains(got.Raw, "invalid_link") {
			t.Errorf("%s: %d %s", what, got.Status, got.Raw)
		}
	}
	if err := s.Files().Delete(t.Context(), a.GetId()); err != nil {
		t.Fatal(err)
	}
	if got := s.Fetch("GET", link); got.Status != http.StatusNotFound || !strings.Contains(got.Raw, "unknown_file") {
		t.Errorf("deleted: %d %s", got.Status, got.Raw)
	}
	for method, address := range map[string]string{"POST": link, "DELETE": s.Base + "/files/x", "GET": s.Base + "/files/x"} {
		if got := s.Fetch(method, address); got.Status != http.StatusMethodNotAllowed || got.Header.Get("Allow") == "" {
			t.Errorf("%s: %d %s", method, got.Status, got.Raw)
		}
	}
	if got := s.Fetch("GET", s.Base+"/files/"); got.Status != http.StatusNotFound {
		t.Errorf("the list of files: %d %s", got.Status, got.Raw)
	}
}

func TestPlayersGetThePieceTheyAskFor(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	body := gatewaytest.PNG + strings.Repeat("0123456789", 40_000)
	a, link := saved(t, s, "a.png", "image/png", body)
	for asked, want := range map[string]string{
		"bytes=0-3": body[:4], "bytes=300000-300009": body[300000:300010], "bytes=-5": body[len(body)-5:],
		"bytes=399990-": body[399990:],
	} {
		if got := s.Fetch("GET", link, "Range", asked); got.Status != http.StatusPartialContent || got.Raw != want {
			t.Errorf("%s: %d and %d bytes", asked, got.Status, len(got.Raw))
		}
	}
	if got := s.Fetch("GET", link, "Range", "bytes=999999-"); got.Status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("past the end: %d", got.Status)
	}
	if got := s.Fetch("GET", link, "Range", "bytes=0-0,400000-400000"); got.Status != http.StatusOK || got.Raw != body {
		t.Errorf("several pieces: %d and %d bytes", got.Status, len(got.Raw))
	}
	if got := s.Fetch("GET", link, "If-None-Match", `"`+a.GetDigest()+`"`); got.Status != http.StatusNotModified {
		t.Errorf("what the browser has: %d", got.Status)
	}
}

func TestAddressesBeginWithThePublicURL(t *testing.T) {
	t.Parallel()
	public, err := url.Parse("https://chat.example.com/bell/")
	if err != nil {
		t.Fatal(err)
	}
	s := gatewaytest.Start(t, func(cfg *gateway.Config) { cfg.PublicURL = public })
	session := s.Visit("v")
	_, address := s.Promise(session, "a.png", "image/png", len(gatewaytest.PNG))
	if !strings.HasPrefix(address, "https://chat.example.com/bell/files/") {
		t.Errorf("upload to %s", address)
	}
	if got := s.Put(strings.Replace(address, "https://chat.example.com/bell", s.Base, 1), gatewaytest.PNG); got.Status != http.StatusOK {
		t.Errorf("%d %s", got.Status, got.Raw)
	}
}
