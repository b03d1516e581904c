package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// maxBody is what one API request may hold; files go another way.
const maxBody = 4 << 20

// params are a request's arguments. All of them are strings; nested objects are JSON text.
type params struct {
	values   map[string]string
	json     bool // came as JSON
	token    string
	bearer   bool // the token came in the header
	warnings []string
	codes    []string // warnings that Slack itself answers with
}

// decodeParams reads the query, then the body in any of the accepted encodings, then the Authorization header.
func decodeParams(r *http.Request, body []byte) (*params, *apiError) {
	p := &params{values: map[string]string{}}
	inURL := r.URL.Query()
	if inURL.Has("token") { // refused since 2021: addresses end up in logs
		inURL.Del("token")
		p.warn("a token in the address is not looked at")
	}
	p.addForm(inURL)
	err := p.addBody(r.Header.Get("Content-Type"), body)
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		p.token, p.bearer = strings.TrimSpace(token), true
	} else if !p.json {
		p.token = p.values["token"]
	}
	delete(p.values, "token")
	return p, err
}

func (p *params) addBody(contentType string, body []byte) *apiError {
	if len(body) == 0 {
		return nil
	}
	kind, options, err := mime.ParseMediaType(contentType)
	if err != nil {
		return refuse("invalid_post_type")
	}
	switch kind {
	case "application/json":
		if options["charset"] == "" {
			p.codes = append(p.codes, "missing_charset")
		}
		return p.addJSON(body)
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return refuse("invalid_form_data")
		}
		if options["charset"] != "" {
			p.codes = append(p.codes, "superfluous_charset")
		}
		p.addForm(form)
		return nil
	case "multipart/form-data":
		return p.addMultipart(body, options["boundary"])
	}
	return refuse("invalid_post_type")
}

func readBody(r *http.Request, limit int64) ([]byte, *apiError) {
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, refuse("request_timeout")
	}
	if int64(len(body)) > limit {
		return nil, &apiError{Code: "request_too_large", Status: http.StatusRequestEntityTooLarge}
	}
	return body, nil
}

func (p *params) warn(text string) { p.warnings = append(p.warnings, text) }

func (p *params) addForm(form url.Values) {
	for name, values := range form {
		if len(values) > 0 {
			p.values[name] = values[len(values)-1]
		}
	}
}

// addJSON takes an object. A token in it does not count.
func (p *params) addJSON(body []byte) *apiError {
	p.json = true
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil {
		if json.Valid(body) {
			return refuse("json_not_object")
		}
		return refuse("invalid_json")
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
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return refuse("invalid_form_data")
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return refuse("invalid_form_data")
		}
		p.values[part.FormName()] = string(data)
	}
}

// flag reads a boolean as Slack does: 1 and true are yes.
func (p *params) flag(name string) bool {
	v := strings.ToLower(p.values[name])
	return v == "1" || v == "true"
}
