package telegram

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
	f.Add("chat_id=1", "application/json", []byte(`{"text":"x","entities":[{"type":"bold"}]}`))
	f.Add("", "application/x-www-form-urlencoded", []byte("text=%zz&chat_id=5"))
	f.Add("", "multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a\"\r\n\r\nx\r\n--b--\r\n"))
	f.Add("%", "text/plain; charset", []byte("x"))
	f.Fuzz(func(t *testing.T, query, contentType string, body []byte) {
		values, _ := url.ParseQuery(query)
		p, err := decodeParams(values, contentType, body)
		if err != nil {
			if err.Code != 400 && err.Code != 413 {
				t.Fatalf("refused with %d", err.Code)
			}
			return
		}
		for name := range p.values {
			_, _ = p.int(name)
			_, _ = p.bool(name)
		}
	})
}

// FuzzMethods checks that every method answers any JSON with a well-formed envelope. setWebhook is left out, because it would
// reach whatever listens here, and getUpdates, because it waits.
func FuzzMethods(f *testing.F) {
	var names []string
	for name := range methodTable() {
		if name != "setwebhook" && name != "getupdates" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	seeds := []string{
		`{"chat_id":-1001230000001,"text":"hi","parse_mode":"HTML"}`,
		`{"chat_id":-1001230000001,"message_thread_id":2,"name":"n","message_id":3,"reaction":[{"type":"emoji","emoji":"👍"}]}`,
		`{"chat_id":"-1001230000001","media":[{"type":"photo","media":"attach://a"},{"type":"photo","media":"x"}],"message_ids":[1,2]}`,
		`{"chat_id":-1001230000001,"text":"x","reply_parameters":{"message_id":3,"quote":"y"},"reply_markup":{"inline_keyboard":[[{"text":"b","callback_data":"c"}]]}}`,
	}
	for i := range names {
		f.Add(i, seeds[i%len(seeds)])
	}
	s := New(Options{Clock: clock.Manual(time.Unix(1795000000, 0)), Budget: Budget{Off: true}, RequestLog: 10})
	f.Cleanup(s.Close)
	handler := s.Handler()
	f.Fuzz(func(t *testing.T, method int, body string) {
		name := names[uint(method)%uint(len(names))]
		r := httptest.NewRequest(http.MethodPost, "/bot"+DefaultToken+"/"+name, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		var out envelope
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			t.Fatalf("%s %s: %v in %q", name, body, err, w.Body)
		}
		if out.OK != (w.Code == http.StatusOK) || !out.OK && (out.ErrorCode != w.Code || out.Description == "") {
			t.Fatalf("%s %s: %d %+v", name, body, w.Code, out)
		}
	})
}
