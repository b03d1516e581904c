package telegram

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (p *params) has(name string) bool {
	_, ok := p.values[name]
	return ok
}

// text returns a string argument; invalid UTF-8 is refused.
func (p *params) text(name string) (string, *apiError) {
	v := p.values[name]
	if !utf8.ValidString(v) {
		return "", badRequest("strings must be encoded in UTF-8")
	}
	return v, nil
}

// int returns an integer argument, 0 if absent. The real server reads what it can of a malformed number; the
// simulator refuses it, so that a wrong type is noticed.
func (p *params) int(name string) (int64, *apiError) {
	v := strings.TrimSpace(p.values[name])
	if v == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0, badRequest("field %q must be of type Number", name)
	}
	return n, nil
}

func (p *params) bool(name string) (bool, *apiError) {
	switch strings.ToLower(p.values[name]) {
	case "true", "yes", "1":
		return true, nil
	case "", "false", "no", "0":
		return false, nil
	}
	return false, badRequest("field %q must be of type Boolean", name)
}

// object decodes a JSON argument into target and says whether there was one. Fields that nobody knows become warnings.
func (p *params) object(name, called string, target any) (bool, *apiError) {
	raw := p.values[name]
	if raw == "" {
		return false, nil
	}
	if !utf8.ValidString(raw) {
		return false, badRequest("strings must be encoded in UTF-8")
	}
	if err := p.decode(name, []byte(raw), target); err != nil {
		return false, badRequest("can't parse %s JSON object", called)
	}
	return true, nil
}

func (p *params) decode(name string, raw []byte, target any) error {
	strict := json.NewDecoder(bytes.NewReader(raw))
	strict.DisallowUnknownFields()
	if err := strict.Decode(target); err != nil && strings.Contains(err.Error(), "unknown field") {
		p.warn("in " + name + ": " + strings.TrimPrefix(err.Error(), "json: "))
	}
	return json.Unmarshal(raw, target)
}

// checkNames warns of every argument that the method does not have.
func (p *params) checkNames(m method) {
	for name := range p.values {
		if !slices.Contains(m.fields, name) {
			p.warn("unknown parameter " + name)
		}
	}
	slices.Sort(p.warnings)
}
