package telegram

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// maxUpload is what a bot may send in one request: 50 MB and room for the form around it.
const (
	maxUpload = 50 << 20
	maxBody   = maxUpload + 1<<20
)

// params are a request's arguments. As in the real server all of them are strings; nested objects are JSON text.
type params struct {
	values   map[string]string
	files    map[string]upload
	warnings []string
}

type upload struct {
	Name, MIME string
	Data       []byte
}

// decodeParams reads the query, then the body in any of the accepted encodings.
func decodeParams(query url.Values, contentType string, body []byte) (*params, *apiError) {
	p := &params{values: map[string]string{}, files: map[string]upload{}}
	p.addForm(query)
	if len(body) == 0 {
		return p, nil
	}
	kind, options, err := mime.ParseMediaType(contentType)
	if err != nil {
		p.warn("a body without a usable Content-Type is ignored")
		return p, nil
	}
	switch kind {
	case "application/json":
		return p, p.addJSON(body)
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return p, badRequest("can't parse urlencoded parameters")
		}
		p.addForm(form)
		return p, nil
	case "multipart/form-data":
		return p, p.addMultipart(body, options["boundary"])
	}
	p.warn("a body of type " + kind + " is ignored")
	return p, nil
}

func readBody(r *http.Request) ([]byte, *apiError) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, badRequest("can't read the request")
	}
	if len(body) > maxBody {
		return nil, errTooLarge
	}
	return body, nil
}

func (p *params) warn(text string) { p.warnings = append(p.warnings, text) }

func (p *params) addForm(form url.Values) {
	for name, values := range form {
		p.values[name] = values[len(values)-1]
	}
}

func (p *params) addJSON(body []byte) *apiError {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil {
		return badRequest("can't parse parameters JSON object")
	}
	for name, raw := range object {
		var text string
		switch {
		case string(raw) == "null":
			p.warn("field " + name + " is null")
		case json.Unmarshal(raw, &text) == nil:
			p.values[name] = text
		default:
			p.values[name] = string(raw)
		}
	}
	return nil
}

func (p *params) addMultipart(body []byte, boundary string) *apiError {
	reader := multipart.NewReader(strings.NewReader(string(body)), boundary)
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return badRequest("can't parse multipart/form-data")
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return badRequest("can't parse multipart/form-data")
		}
		if part.FileName() == "" {
			p.values[part.FormName()] = string(data)
			continue
		}
		if len(data) > maxUpload {
			return errTooLarge
		}
		p.files[part.FormName()] = upload{Name: part.FileName(), MIME: part.Header.Get("Content-Type"), Data: data}
	}
}
