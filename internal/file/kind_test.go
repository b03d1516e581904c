package file

import (
	"strings"
	"testing"
)

// heads are the first bytes of files.
var heads = map[string]string{
	"png": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "jpeg": "\xff\xd8\xff\xe0\x00\x10JFIF", "gif": "GIF89a\x01\x00\x01\x00",
	"pdf": "%PDF-1.7\n", "zip": "PK\x03\x04\x14\x00\x00\x00\x08\x00aaaaaaaaaaaaaaaa\x05\x00\x00\x00a.txt",
	"html": "<!DOCTYPE html><script>alert(1)</script>", "svg": `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
	"text": "hello, this is text\n", "csv": "a,b,c\n1,2,3\n4,5,6\n", "webm": "\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x86\x81\x01\x42\x82\x84webm",
	"noise": "\x00\x01\x02\x03\x80\x90\xfe\xff", "ole": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600),
	"exe": "MZ\x90\x00\x03\x00\x00\x00", "mp4": "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2",
}

func TestLyingTypesAreResolvedToTheSaferOne(t *testing.T) {
	const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	for _, c := range []struct{ claimed, head, want string }{
		{"image/png", "png", "image/png"},
		{"IMAGE/PNG; x=y", "png", "image/png"},
		{"image/png", "jpeg", "image/jpeg"},
		{"image/png", "html", "application/octet-stream"},
		{"image/png", "svg", "application/octet-stream"},
		{"image/png", "noise", "application/octet-stream"},
		{"image/png", "pdf", "application/pdf"},
		{"image/png", "exe", "application/vnd.microsoft.portable-executable"},
		{"image/png", "text", "text/plain"},
		{"text/plain", "html", "text/plain"},
		{"text/plain", "svg", "text/plain"},
		{"text/plain", "csv", "text/plain"},
		{"text/csv", "text", "text/csv"},
		{"text/markdown", "text", "text/markdown"},
		{"text/plain", "noise", "application/octet-stream"},
		{"text/plain", "png", "image/png"},
		{"text/html", "html", "text/html"},
		{"text/html", "text", "text/plain"},
		{"text/css", "text", "text/plain"},
		{"", "png", "image/png"},
		{"", "html", "text/html"},
		{"nonsense", "png", "image/png"},
		{"application/octet-stream", "pdf", "application/pdf"},
		{docx, "zip", docx},
		{"application/zip", "zip", "application/zip"},
		{"application/x-zip-compressed", "zip", "application/zip"},
		{"application/msword", "ole", "application/msword"},
		{"audio/webm", "webm", "audio/webm"},
		{"video/webm", "webm", "video/webm"},
		{"image/webm", "webm", "video/webm"},
		{"audio/mp4", "mp4", "audio/mp4"},
		{"application/pdf", "zip", "application/zip"},
	} {
		if got := Type(c.claimed, []byte(heads[c.head])); got != c.want {
			t.Errorf("%s claimed as %q is %s, want %s", c.head, c.claimed, got, c.want)
		}
	}
}

func TestOnlyPicturesSoundAndFilmAreShownInPlace(t *testing.T) {
	for mime, want := range map[string]string{
		"image/png": "image/png inline", "audio/ogg": "audio/ogg inline", "video/mp4": "video/mp4 inline",
		"image/svg+xml": "application/octet-stream", "text/html": "application/octet-stream", "application/xhtml+xml": "application/octet-stream",
		"application/atom+xml": "application/octet-stream", "text/javascript": "application/octet-stream",
		"text/plain": "text/plain; charset=utf-8", "text/csv": "text/plain; charset=utf-8", "application/pdf": "application/pdf",
		"": "application/octet-stream", "image/png\r\nX: y": "application/octet-stream", "IMAGE/SVG+XML;charset=x": "application/octet-stream",
	} {
		got, inline := Served(mime)
		if inline {
			got += " inline"
		}
		if got != want {
			t.Errorf("%q is served as %s, want %s", mime, got, want)
		}
	}
}

func TestLimitsAllowTypesAndKinds(t *testing.T) {
	l := Limits{MaxBytes: 1, Types: []string{"image/png", "audio/*", "application/zip"}}
	for mime, want := range map[string]bool{"image/png": true, "image/PNG; a=b": true, "image/jpeg": false, "audio/ogg": true, "audio": false, "application/x-zip-compressed": true, "audio/mp3": true, "": false} {
		if l.Allows(mime) != want {
			t.Errorf("%q: %v", mime, !want)
		}
	}
	if err := l.Validate(); err != nil {
		t.Error(err)
	}
	defaults := Limits{}.WithDefaults()
	if defaults.Validate() != nil || defaults.MaxBytes != 10<<20 || !defaults.Allows("application/msword") || defaults.Allows("text/html") {
		t.Errorf("defaults %+v", defaults)
	}
	for _, bad := range []Limits{{MaxBytes: -1, Types: l.Types}, {MaxBytes: 1, Types: []string{"png"}}, {MaxBytes: 1, Types: []string{"*/*/x"}}, {MaxBytes: 2, HourlyBytes: 1}, {HourlyBytes: -1}} {
		if bad.Validate() == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

func FuzzType(f *testing.F) {
	for _, claimed := range []string{"", "image/png", "text/plain", "text/html", "image/svg+xml", "application/zip"} {
		for _, head := range heads {
			f.Add(claimed, []byte(head))
		}
	}
	f.Fuzz(func(t *testing.T, claimed string, head []byte) {
		got := Type(claimed, head)
		if normal(got) != got {
			t.Fatalf("%q is no type", got)
		}
		// What nobody says is a page or a script never becomes one.
		if c := normal(claimed); c != "" && c != unknownType && c != got && inert(got) != got {
			t.Fatalf("claimed as %q it is %s", claimed, got)
		}
		if served, inline := Served(got); inline && inert(served) != served {
			t.Fatalf("%s is shown in place", served)
		}
	})
}
