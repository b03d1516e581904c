package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// maxBody bounds a JSON body, in bytes.
const maxBody = 64 << 10

// bodyTimeout bounds how long a body may take to arrive.
const bodyTimeout = 20 * time.Second

// Body reads a JSON object into a struct. plain accepts text/plain too: what a beacon without a preflight sends.
func Body(w http.ResponseWriter, r *http.Request, into any, plain bool) *Refusal {
	if refusal := mediaType(r, plain); refusal != nil {
		return refusal
	}
	raw, refusal := Read(w, r)
	if refusal != nil {
		return refusal
	}
	return Parse(raw, into)
}

// Read reads a body: at most 64 KiB, within bodyTimeout.
func Read(w http.ResponseWriter, r *http.Request) ([]byte, *Refusal) {
	body := http.MaxBytesReader(w, r.Body, maxBody)
	connection := http.NewResponseController(w) // not every writer has deadlines: a test's has none
	_ = connection.SetReadDeadline(time.Now().Add(bodyTimeout))
	defer func() { _ = connection.SetReadDeadline(time.Time{}) }()
	var buf bytes.Buffer
	if r.ContentLength > 0 && r.ContentLength <= maxBody {
		buf.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	if _, err := buf.ReadFrom(body); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, &Refusal{Status: http.StatusRequestEntityTooLarge, Code: "body_too_large", Text: "the body must have at most 65536 bytes"}
		}
		return nil, Invalid("incomplete_body", "the body did not arrive whole")
	}
	return buf.Bytes(), nil
}

// maxDepth bounds nesting: what rides in metadata and custom events is nested twice as deep as protobuf, which has a limit of
// its own that readers would fail at.
const maxDepth = 32

// Parse reads a JSON object into a struct.
func Parse(raw []byte, into any) *Refusal {
	switch {
	case !utf8.Valid(raw):
		return Invalid("malformed_json", "the body is not valid UTF-8")
	case depth(raw) > maxDepth:
		return Invalid("too_deep", "the body is nested deeper than 32 levels")
	}
	err := json.Unmarshal(raw, into)
	var wrongType *json.UnmarshalTypeError
	var kind string
	if errors.As(err, &wrongType) {
		kind, _, _ = strings.Cut(wrongType.Value, " ") // what follows is the number itself, however long
	}
	switch {
	case err == nil && startsObject(raw):
		return nil
	case wrongType != nil && wrongType.Field != "":
		return Invalid("invalid_type", wrongType.Field+" must not be a "+kind)
	case err == nil || wrongType != nil:
		return Invalid("not_an_object", "the body must be a JSON object")
	default:
		return Invalid("malformed_json", "the body is not valid JSON")
	}
}

// startsObject tells an object from null, which unmarshals into a struct without complaint.
func startsObject(raw []byte) bool {
	for _, c := range raw {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		default:
			return c == '{'
		}
	}
	return false
}

// depth is how deep JSON is nested. Malformed JSON has some depth too; the parser refuses it.
func depth(raw []byte) int {
	deepest, level, quoted := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			level++
			deepest = max(deepest, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return deepest
}

func mediaType(r *http.Request, plain bool) *Refusal {
	header := r.Header.Get("Content-Type")
	if header == "application/json" { // what every widget sends
		return nil
	}
	kind, _, err := mime.ParseMediaType(header)
	if err == nil && (kind == "application/json" || plain && kind == "text/plain") {
		return nil
	}
	return &Refusal{Status: http.StatusUnsupportedMediaType, Code: "not_json", Text: "Content-Type must be application/json"}
}
