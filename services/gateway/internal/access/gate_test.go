package access

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap/zaptest"

	"github.com/bellhop-chat/bellhop/internal/apikey"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
)

// call asks the gate with a token and answers the status.
func call(t *testing.T, gate http.Handler, method, token string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "/api/v1/sessions", nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	gate.ServeHTTP(w, r)
	return w
}

// altered is a key with another last digit.
func altered(token string) string {
	last := "0"
	if strings.HasSuffix(token, last) {
		last = "1"
	}
	return token[:len(token)-1] + last
}

func TestKeysOpenWhatTheyAreForUntilTheyAreRevoked(t *testing.T) {
	notes := bustest.New(t).Notebook()
	made := func(project id.Project, scopes ...apikey.Scope) (string, string) {
		key, token, err := apikey.Create(t.Context(), notes, "test", project, scopes, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return key.ID, token
	}
	readID, read := made("", apikey.Read)
	_, both := made(id.Default, apikey.Read, apikey.Write)
	_, other := made("other", apikey.Read, apikey.Write)
	var holder *Holder
	gate := New(Options{
		Environment: "of the environment", Book: NewBook(notes, zaptest.NewLogger(t)), Project: id.Default, Log: zaptest.NewLogger(t),
	}).Pass(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { holder = HolderOf(r.Context()) }))
	for _, c := range []struct {
		method, token string
		want          int
	}{
		{"GET", "of the environment", 200}, {"POST", "of the environment", 200}, {"GET", "of the environmen", 401}, {"GET", "", 401},
		{"GET", read, 200}, {"HEAD", read, 200}, {"POST", read, 403}, {"DELETE", read, 403}, {"GET", both, 200}, {"POST", both, 200},
		{"GET", other, 403}, {"POST", other, 403}, {"GET", altered(read), 401}, {"GET", read + "x", 401},
	} {
		holder = nil
		if got := call(t, gate, c.method, c.token); got.Code != c.want || (holder != nil) != (c.want == 200) {
			t.Errorf("%s with %.12q: %d, want %d; held by %v", c.method, c.token, got.Code, c.want, holder)
		}
	}
	if got := call(t, gate, "GET", ""); got.Header().Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("who has no key is not told what is wanted: %v", got.Header())
	}
	if err := apikey.Revoke(t.Context(), notes, readID); err != nil {
		t.Fatal(err)
	}
	bustest.Until(t, "the revoked key opens nothing", func() bool { return call(t, gate, "GET", read).Code == http.StatusUnauthorized })
}

func TestGuessesOfOneAddressAreLimitedAndCallsOfOneKey(t *testing.T) {
	limiter := func(burst int) *filter.Limiter {
		l, err := filter.NewLimiter(filter.Rate{Every: 0.001, Burst: burst})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	gate := New(Options{
		Environment: "key", Book: NewBook(bustest.New(t).Notebook(), zaptest.NewLogger(t)), Project: id.Default,
		Guesses: limiter(2), Calls: limiter(3), Log: zaptest.NewLogger(t),
	}).Pass(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for i, want := range []int{401, 401, 429} {
		if got := call(t, gate, "GET", "guess"); got.Code != want || (got.Header().Get("Retry-After") != "") != (want == 429) {
			t.Errorf("guess %d: %d %v", i, got.Code, got.Header())
		}
	}
	for i, want := range []int{200, 200, 200, 429} { // whoever guesses beside it does not keep the holder out
		if got := call(t, gate, "GET", "key"); got.Code != want {
			t.Errorf("call %d: %d, want %d", i, got.Code, want)
		}
	}
}
