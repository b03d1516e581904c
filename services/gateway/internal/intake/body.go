package intake

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"
)

// maxBody bounds a JSON body, in bytes.
const maxBody = 64 << 10

// Body reads a JSON object into a struct. plain accepts text/plain too: what a beacon without a preflight sends.
func Body(w http.ResponseWriter, r *http.Request, into any, plain bool) *Refusal {
	if refusal := mediaType(r, plain); refusal != nil {
		return refusal
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return &Refusal{Status: http.StatusRequestEntityTooLarge, Code: "body_too_large", Text: "the body must have at most 65536 bytes"}
		}
		return Invalid("incomplete_body", "the body did not arrive whole")
	}
	return Parse(raw, into)
}

// Parse reads a JSON object into a struct.
func Parse(raw []byte, into any) *Refusal {
	if !utf8.Valid(raw) {
		return Invalid("malformed_json", "the body is not valid UTF-8")
	}
	err := json.Unmarshal(raw, into)
	var wrongType *json.UnmarshalTypeError
	switch {
	case err == nil && startsObject(raw):
		return nil
	case errors.As(err, &wrongType) && wrongType.Field != "":
		return Invalid("invalid_type", wrongType.Field+" must not be a "+wrongType.Value)
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

func mediaType(r *http.Request, plain bool) *Refusal {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && (kind == "application/json" || plain && kind == "text/plain") {
		return nil
	}
	return &Refusal{Status: http.StatusUnsupportedMediaType, Code: "not_json", Text: "Content-Type must be application/json"}
}
