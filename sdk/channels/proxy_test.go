package channels

import (
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// proxy wants user and password, and answers http requests itself when they are right.
type proxy struct {
	*httptest.Server
	asked chan string
}

// seen is what was asked last, once.
func (p *proxy) seen() string {
	select {
	case asked := <-p.asked:
		return asked
	default:
		return ""
	}
}

func serveProxy(t *testing.T) *proxy {
	t.Helper()
	p := &proxy{asked: make(chan string, 10)}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked <- r.Method + " " + r.Host
		if r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("user:p@ss")) {
			w.Header().Set("Proxy-Authenticate", `Basic realm="x"`)
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		if r.Method == http.MethodConnect {
			w.WriteHeader(http.StatusTeapot) // far enough: it was believed
			return
		}
		if _, err := believe(absolute(r), nil); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, `{"channels":{}}`)
	}))
	t.Cleanup(p.Close)
	return p
}

// absolute is a request to a proxy as the server behind it sees it.
func absolute(r *http.Request) *http.Request {
	u, err := url.Parse(r.RequestURI)
	if err == nil {
		r.RequestURI = u.RequestURI()
	}
	return r
}

func asUser(address, user string) string { return strings.Replace(address, "://", "://"+user, 1) }

func TestProxyIsAskedWithUserAndPassword(t *testing.T) {
	p := serveProxy(t)
	c := client(t, Options{URL: "http://chat.invalid", Proxy: asUser(p.URL, "user:p%40ss@")})
	if _, err := c.Channels(t.Context(), ""); err != nil {
		t.Error(err)
	}
	if seen := p.seen(); seen != "GET chat.invalid" {
		t.Errorf("the proxy has seen %q", seen)
	}
	c = client(t, Options{URL: "https://chat.invalid", Proxy: asUser(p.URL, "user:p%40ss@")})
	if _, err := c.Channels(t.Context(), ""); !errors.Is(err, ErrConnection) || errors.Is(err, ErrProxyAuthentication) {
		t.Error(err)
	}
	if seen := p.seen(); seen != "CONNECT chat.invalid:443" {
		t.Errorf("the proxy has seen %q", seen)
	}
}

func TestProxyThatDoesNotBelieveHasAnErrorOfItsOwn(t *testing.T) {
	p := serveProxy(t)
	for _, scheme := range []string{"http", "https"} {
		for _, user := range []string{"", "user:wrong-one@"} {
			c := client(t, Options{URL: scheme + "://chat.invalid", Proxy: asUser(p.URL, user)})
			_, err := c.Channels(t.Context(), "")
			var refused *Error
			if !errors.Is(err, ErrProxyAuthentication) || !errors.As(err, &refused) || refused.Status != http.StatusProxyAuthRequired || errors.Is(err, ErrConnection) {
				t.Errorf("%s, %q: %v", scheme, user, err)
			}
		}
	}
}

func TestProxyThatIsNotThereIsNoAnswerAndKeepsItsPassword(t *testing.T) {
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	for _, scheme := range []string{"http", "https"} {
		c := client(t, Options{URL: scheme + "://chat.invalid", Proxy: "http://user:wrong-one@" + gone.Addr().String()})
		if _, err := c.Channels(t.Context(), ""); !errors.Is(err, ErrConnection) || strings.Contains(err.Error(), "wrong-one") {
			t.Errorf("%s: %v", scheme, err)
		}
	}
}

// The environment is read once per process, so another one has to ask.
func TestProxyOfTheEnvironmentIsTheDefault(t *testing.T) {
	const host = "CHANNELS_TEST_HOST"
	if address := os.Getenv(host); address != "" {
		_, err := client(t, Options{URL: address}).Channels(t.Context(), "")
		t.Logf("answered %t", err == nil)
		return
	}
	p := serveProxy(t)
	for address, want := range map[string]string{"http://chat.invalid": "GET chat.invalid", "https://chat.invalid": "CONNECT chat.invalid:443", "http://direct.invalid": ""} {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyOfTheEnvironmentIsTheDefault$", "-test.v")
		by := asUser(p.URL, "user:p%40ss@")
		child.Env = append(os.Environ(), host+"="+address, "HTTP_PROXY="+by, "HTTPS_PROXY="+by, "NO_PROXY=direct.invalid",
			"http_proxy=", "https_proxy=", "no_proxy=")
		told, err := child.CombinedOutput()
		if seen := p.seen(); err != nil || seen != want || strings.Contains(string(told), "answered true") != strings.HasPrefix(want, "GET") {
			t.Errorf("%s: the proxy has seen %q, %v\n%s", address, seen, err, told)
		}
	}
}
