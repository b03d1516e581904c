package discord

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
)

// maxBody is the request limit of Discord.
const maxBody = 25 << 20

// upload is one file of a multipart body.
type upload struct {
	Name, MIME string
	Data       []byte
}

// body is what came with a request.
type body struct {
	fields   map[string]json.RawMessage
	files    map[string]upload // by part name, files[0]
	raw      []byte            // what a log may show: the JSON, or nothing
	warnings []string
}

var filePart = regexp.MustCompile(`^files\[([0-9]{1,3})\]$`)

// readBody takes in a body of any of the three content types.
func readBody(r *http.Request) (*body, *apiError) {
	b := &body{fields: map[string]json.RawMessage{}, files: map[string]upload{}}
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return b, errTooLarge
	}
	if err != nil {
		return b, errBadJSON
	}
	if len(data) == 0 {
		return b, nil
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	switch kind {
	case "application/json":
		b.raw = data
		return b, b.json(data)
	case "application/x-www-form-urlencoded":
		b.raw = data
		return b, b.urlencoded(data)
	case "multipart/form-data":
		return b, b.multipart(data, params["boundary"])
	}
	f := newForm(nil)
	f.fail("_misc", "CONTENT_TYPE_INVALID", "Expected \"Content-Type\" header to be one of {'application/json', "+
		"'application/x-www-form-urlencoded', 'multipart/form-data'}.")
	return b, f.err()
}

func (b *body) json(data []byte) *apiError {
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) > 0 && trimmed[0] == '[' && json.Valid(trimmed) { // the list of commands
		b.fields[""] = trimmed
		return nil
	}
	if json.Unmarshal(data, &b.fields) != nil || b.fields == nil {
		b.fields = map[string]json.RawMessage{}
		return errBadJSON
	}
	return nil
}

func (b *body) urlencoded(data []byte) *apiError {
	values, err := url.ParseQuery(string(data))
	if err != nil {
		return errBadJSON
	}
	for name, value := range values {
		b.fields[name] = loose(value[0])
	}
	return nil
}

// loose makes JSON of a form's value: true, false, null and numbers stand for themselves.
func loose(value string) json.RawMessage {
	if _, err := strconv.ParseInt(value, 10, 32); err == nil || value == "true" || value == "false" || value == "null" {
		return json.RawMessage(value)
	}
	quoted, _ := json.Marshal(value) // a string always encodes
	return quoted
}

func (b *body) multipart(data []byte, boundary string) *apiError {
	reader := multipart.NewReader(bytes.NewReader(data), boundary)
	var payload []byte
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errBadJSON
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return errBadJSON
		}
		switch name := part.FormName(); {
		case name == "payload_json":
			payload = content
		case part.FileName() != "":
			b.files[name] = upload{Name: part.FileName(), MIME: part.Header.Get("Content-Type"), Data: content}
			if !filePart.MatchString(name) {
				b.warnings = append(b.warnings, "file part "+clip(name, 50)+" is not named files[n]")
			}
		default:
			b.fields[name] = loose(string(content))
		}
	}
	b.raw = payload
	if payload == nil {
		return nil
	}
	return b.json(payload)
}
