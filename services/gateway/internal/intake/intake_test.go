package intake

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestDepthCountsOnlyWhatNests(t *testing.T) {
	for raw, want := range map[string]int{
		``: 0, `1`: 0, `{}`: 1, `{"a":[1,{"b":2}],"c":[]}`: 3, `"[[[["`: 0, `{"a":"\"[[["}`: 1, `{"a\\":["x"]}`: 2, `[[`: 2, `]]`: 0, `"\`: 0, `{"[":"{"}`: 1,
	} {
		if got := depth([]byte(raw)); got != want {
			t.Errorf("%s: %d, want %d", raw, got, want)
		}
	}
}

func TestRefusalNamesTheFieldAndNotItsValue(t *testing.T) {
	var into struct {
		Name string `json:"name"`
		Data struct {
			N *float64 `json:"n"`
		} `json:"data"`
	}
	for raw, want := range map[string]string{
		`{"name":` + strings.Repeat("9", 5000) + `}`:           "name must not be a number",
		`{"data":{"n":` + strings.Repeat("9", 5000) + `}}`:     "data.n must not be a number",
		`{"data":{"n":"` + strings.Repeat("secret", 9) + `"}}`: "data.n must not be a string",
		`{"name":{}}`: "name must not be a object",
	} {
		if got := Parse([]byte(raw), &into); got == nil || got.Text != want || got.Status != 400 || got.Code != "invalid_type" {
			t.Errorf("%.40s: %v", raw, got)
		}
	}
}

// trickle is a body that comes byte by byte, and ends too soon.
type trickle struct{ left int }

func (b *trickle) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	b.left--
	p[0] = ' '
	return 1, nil
}

// deadlines is a writer that notes read deadlines.
type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error { d.set = append(d.set, t); return nil }

func TestBodyIsReadWholeWithinItsTimeOrNotAtAll(t *testing.T) {
	var into struct{ A string }
	for name, c := range map[string]struct {
		body io.Reader
		code string
	}{
		"whole": {strings.NewReader(`{"a":"b"}`), ""}, "empty": {http.NoBody, "malformed_json"}, "cut": {&trickle{left: 5}, "incomplete_body"},
		"largest": {strings.NewReader(`{"a":"` + strings.Repeat("x", maxBody-8) + `"}`), ""}, "larger": {strings.NewReader(`{"a":"` + strings.Repeat("x", maxBody-7) + `"}`), "body_too_large"},
	} {
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		r := httptest.NewRequest(http.MethodPost, "/", c.body)
		r.Header.Set("Content-Type", "application/json")
		got := Body(w, r, &into, false)
		if (got == nil) != (c.code == "") || got != nil && got.Code != c.code {
			t.Errorf("%s: %v", name, got)
		}
		if len(w.set) != 2 || w.set[0].IsZero() || !w.set[1].IsZero() {
			t.Errorf("%s: deadlines %v", name, w.set)
		}
	}
}

func TestContentIsCountedInCharacters(t *testing.T) {
	for text, ok := range map[string]bool{
		"": false, " \n": false, "x": true, strings.Repeat("ä", 4000): true, strings.Repeat("😀", 4000): true, strings.Repeat("ä", 4001): false,
	} {
		if got := Content(text); (got == nil) != ok {
			t.Errorf("%.10q of %d bytes: %v", text, len(text), got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{}`, `null`, `[]`, `{"name":"x","data":{"a":[1,2,{}]}}`, `{"name":1e309}`, "{\"name\":\"\xff\"}", `{"name":"\ud800"}`, strings.Repeat("[", 100), `{"__proto__":{}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var into struct {
			Name string          `json:"name"`
			IDs  []string        `json:"ids"`
			Data json.RawMessage `json:"data"`
		}
		refusal := Parse(raw, &into)
		if refusal == nil && !json.Valid(raw) {
			t.Errorf("%q was taken for JSON", raw)
		}
		if refusal != nil && (refusal.Status != 400 || refusal.Code == "" || refusal.Text == "" || len(refusal.Text) > 200) {
			t.Errorf("%q: %+v", raw, refusal)
		}
	})
}

func FuzzCustomEvent(f *testing.F) {
	for _, seed := range []string{`{}`, `null`, `1e308`, `1e309`, `"\u0000"`, `{"a":{"__proto__":null}}`, `[[[]]]`, `-0`, ``} {
		f.Add("name", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if depth(data) > maxDepth {
			return // Parse has refused it
		}
		value, refusal := CustomEvent(name, data)
		if refusal != nil || value == nil {
			return
		}
		if _, err := value.MarshalJSON(); err != nil {
			t.Errorf("%q was taken and cannot be written: %v", data, err)
		}
	})
}
