package file

import (
	"mime"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

const (
	// sniffed is how many bytes of a file are looked at; mimetype's own limit.
	sniffed = 3072
	// unknownType is what nothing is known of. A browser saves it and does nothing else.
	unknownType = "application/octet-stream"
	plainText   = "text/plain"
)

// active are types that a browser would run or that bring others along: shown in our place they could act in our name.
var active = []string{
	"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml", "text/javascript", "application/javascript",
	"application/ecmascript", "text/ecmascript", "text/css", "application/x-shockwave-flash", "message/rfc822", "multipart/related",
}

// Type tells what a file is, from its first bytes and from what is claimed of it: the claim where the bytes allow it, which
// says more ("text/csv" for plain text, a document's own type for a zip), else what the bytes say. Of two that contradict
// each other the safer one counts; an active type that was not claimed, or bytes that are not what they are said to be, are
// "application/octet-stream".
func Type(claimed string, head []byte) string {
	claimed = normal(claimed)
	found := mimetype.Detect(head)
	detected := normal(found.String())
	switch {
	case sameMedium(claimed, detected):
		return claimed
	case claimed == "" || claimed == unknownType || found.Is(claimed):
		return detected
	case descends(claimed, detected) && inert(claimed) == claimed: // the bytes do not show it, and do not speak against it
		return claimed
	case isText(claimed) && inherits(found, plainText) || inherits(found, claimed): // it shows more than is claimed
		return inert(claimed)
	default:
		return inert(detected)
	}
}

// normal is a type without its parameters in lower case; empty for what is none.
func normal(s string) string {
	t, _, err := mime.ParseMediaType(s)
	if err != nil || !strings.Contains(t, "/") {
		return ""
	}
	return t
}

// descends tells whether a type is a special case of another which has marks of its own: of "application/octet-stream"
// everything would be one.
func descends(special, general string) bool {
	known := mimetype.Lookup(special)
	return known != nil && general != unknownType && inherits(known, general)
}

func inherits(m *mimetype.MIME, ancestor string) bool {
	for ; m != nil; m = m.Parent() {
		if m.Is(ancestor) && ancestor != unknownType {
			return true
		}
	}
	return false
}

func isText(t string) bool { return strings.HasPrefix(t, "text/") && !slices.Contains(active, t) }

// sameMedium tells sound from picture in the same container: the bytes begin alike.
func sameMedium(a, b string) bool {
	kindA, formA, _ := strings.Cut(a, "/")
	kindB, formB, _ := strings.Cut(b, "/")
	return formA == formB && playable(kindA) && playable(kindB)
}

func playable(kind string) bool { return kind == "audio" || kind == "video" }

func inert(t string) string {
	if slices.Contains(active, t) {
		return unknownType
	}
	return t
}

// Served is how a file may be given to a browser: the content type, and whether the browser may show it in place. Only
// pictures, sound and film that cannot act are shown; everything else is saved.
func Served(t string) (contentType string, inline bool) {
	t = normal(t)
	switch kind, _, _ := strings.Cut(t, "/"); {
	case t == "" || slices.Contains(active, t) || strings.HasSuffix(t, "+xml"):
		return unknownType, false
	case kind == "image" || playable(kind):
		return t, true
	case kind == "text":
		return plainText + "; charset=utf-8", false
	default:
		return t, false
	}
}
