package slack

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
)

// FuzzDecodeParams checks that no body of any kind breaks the decoder.
func FuzzDecodeParams(f *testing.F) {
	f.Add("channel=1", "application/json", []byte(`{"text":"x","blocks":[{"type":"divider"}]}`))
	f.Add("", "application/x-www-form-urlencoded", []byte("text=%zz&token=5"))
	f.Add("", "multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nx\r\n--b--\r\n"))
	f.Add("%", "text/plain; charset", []byte("x"))
	f.Fuzz(func(t *testing.T, query, contentType string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/api/auth.test", nil)
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", contentType)
		p, err := decodeParams(r, body)
		if err != nil && err.Code == "" {
			t.Fatal("refused without a reason")
		}
		if _, kept := p.values["token"]; kept {
			t.Fatal("the token stayed among the arguments")
		}
		_ = p.places()
	})
}

// FuzzMethods checks that every method answers any JSON with a well-formed envelope.
func FuzzMethods(f *testing.F) {
	names := []string{}
	for name := range methodTable() {
		names = append(names, name)
	}
	slices.Sort(names)
	seeds := []string{
		`{"channel":"C0SUPPORT","text":"hi <@U0OLGA>","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"x"}}]}`,
		`{"channel":"C0SUPPORT","channel_id":"C0SUPPORT","ts":"1795000000.000000","thread_ts":"1795000000.000000","timestamp":"1795000000.000000","name":"+1","status":"x"}`,
		`{"channel":"C0SUPPORT","text":"x","metadata":{"event_type":"a","event_payload":{}},"username":"Ana","attachments":[{"text":"<!here>"}],"link_names":true}`,
		`{"filename":"a","length":3,"files":[{"id":"F1"}],"file":"F1","user":"U0OLGA","trigger_id":"x","view":{"type":"modal"}}`,
	}
	for i := range names {
		f.Add(i, seeds[i%len(seeds)])
	}
	s := New(Options{Clock: clock.Manual(time.Unix(1795000000, 0)), Budget: Budget{Off: true}, RequestLog: 10, ShareDelay: -1})
	f.Cleanup(s.Close)
	handler := s.Handler()
	f.Fuzz(func(t *testing.T, method int, body string) {
		m := s.methods[names[uint(method)%uint(len(names))]]
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, request(m, body))
		var out struct {
			OK    *bool  `json:"ok"`
			Error string `json:"error"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			t.Fatalf("%s %s: %v in %q", m.name, body, err, w.Body)
		}
		if out.OK == nil || *out.OK == (out.Error != "") || *out.OK && w.Code != http.StatusOK {
			t.Fatalf("%s %s: %d %s", m.name, body, w.Code, w.Body)
		}
	})
}

// request calls a method with JSON, or with the same arguments as a form where JSON is not read.
func request(m method, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/api/"+m.name, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	if r.Header.Set("Authorization", "Bearer "+DefaultToken); m.app {
		r.Header.Set("Authorization", "Bearer "+DefaultAppToken)
	}
	if m.formOnly {
		p := &params{values: map[string]string{}}
		if p.addJSON([]byte(body)) == nil {
			r.URL.RawQuery = query(p.values)
		}
		r.Body, r.ContentLength = http.NoBody, 0
		r.Header.Del("Content-Type")
	}
	return r
}

// FuzzAltered checks that a forged body always differs from the genuine one, and its signature with it.
func FuzzAltered(f *testing.F) {
	f.Add([]byte(`{"event_id":"Ev0"}`))
	f.Add([]byte("payload=%7B%7D"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, body []byte) {
		at := time.Unix(1795000000, 0)
		genuine, _ := Sign("secret", at, body)
		forged, _ := Sign("secret", at, altered(body))
		if genuine == forged {
			t.Fatalf("%q was not altered", body)
		}
	})
}

func query(values map[string]string) string {
	out := url.Values{}
	for name, value := range values {
		out.Set(name, value)
	}
	return out.Encode()
}
