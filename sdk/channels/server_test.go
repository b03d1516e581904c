package channels

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testID     = "3"
	testKey    = "278d425bdf160c739803"
	testSecret = "7ad3773142a6692b25b8"
)

// call is a request as the server has seen it, and believed.
type call struct {
	method, path string
	query        url.Values
	body         string
	header       http.Header
}

// fake is a server that verifies every request by itself, and answers from a list, the last entry for ever.
type fake struct {
	*httptest.Server
	t       *testing.T
	mu      sync.Mutex
	calls   []call
	answers []http.HandlerFunc
}

func serve(t *testing.T, answers ...http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{t: t, answers: answers}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Error(err)
	}
	query, err := believe(r, body)
	if err != nil {
		f.t.Errorf("%s %s: %v", r.Method, r.RequestURI, err)
	}
	f.mu.Lock()
	f.calls = append(f.calls, call{r.Method, r.URL.EscapedPath(), query, string(body), r.Header})
	do := f.answers[min(len(f.calls), len(f.answers))-1]
	f.mu.Unlock()
	do(w, r)
}

// believe verifies a request as the contract says: it shares nothing with what is tested.
func believe(r *http.Request, body []byte) (url.Values, error) {
	path, raw, _ := strings.Cut(r.RequestURI, "?")
	query := url.Values{}
	var signed []string
	for _, pair := range strings.Split(raw, "&") {
		k, v, _ := strings.Cut(pair, "=")
		key, err1 := url.QueryUnescape(k)
		value, err2 := url.QueryUnescape(v)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		query.Add(key, value)
		if key != "auth_signature" {
			signed = append(signed, strings.ToLower(key)+"="+value)
		}
	}
	sort.SliceStable(signed, func(i, j int) bool {
		return signed[i][:strings.Index(signed[i], "=")] < signed[j][:strings.Index(signed[j], "=")]
	})
	at, err := strconv.ParseInt(query.Get("auth_timestamp"), 10, 64)
	sum := md5.Sum(body)
	switch {
	case query.Get("auth_key") != testKey || query.Get("auth_version") != "1.0":
		return nil, fmt.Errorf("key or version: %v", query)
	case err != nil || time.Since(time.Unix(at, 0)).Abs() >= 600*time.Second:
		return nil, fmt.Errorf("timestamp: %v", query)
	case len(body) > 0 && query.Get("body_md5") != hex.EncodeToString(sum[:]):
		return nil, fmt.Errorf("body_md5: %v", query)
	case len(body) > 0 && r.Header.Get("Content-Type") != "application/json":
		return nil, fmt.Errorf("content type: %v", r.Header)
	}
	path = strings.TrimPrefix(path, "/prefix") // as a proxy does
	if query.Get("auth_signature") != mac(r.Method+"\n"+path+"\n"+strings.Join(signed, "&")) {
		return nil, fmt.Errorf("signature over %q", signed)
	}
	return query, nil
}

func mac(text string) string {
	h := hmac.New(sha256.New, []byte(testSecret))
	_, _ = io.WriteString(h, text)
	return hex.EncodeToString(h.Sum(nil))
}

func (f *fake) last() call {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.calls) == 0 {
		f.t.Fatal("nothing was asked")
	}
	return f.calls[len(f.calls)-1]
}

func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.calls)
}

// client is one of the server's; its options may say more.
func (f *fake) client(o Options) *Client {
	f.t.Helper()
	if o.URL == "" {
		o.URL = f.URL
	}
	return client(f.t, o)
}

func client(t testing.TB, o Options) *Client {
	t.Helper()
	o.AppID, o.Key, o.Secret = testID, testKey, testSecret
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if own, ok := c.http.Transport.(*http.Transport); ok {
		t.Cleanup(own.CloseIdleConnections)
	}
	return c
}

// offline is a client that asks nothing.
func offline(t testing.TB) *Client {
	t.Helper()
	return client(t, Options{URL: "https://chat.invalid", EncryptionMasterKey: []byte(testMaster)})
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// sent is the body of a call.
func (c call) sent(t *testing.T) (body map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(c.body), &body); err != nil {
		t.Fatalf("body %q: %v", c.body, err)
	}
	return body
}
