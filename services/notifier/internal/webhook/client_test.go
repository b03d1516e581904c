package webhook

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"code.dny.dev/ssrf"
	"go.uber.org/zap"
)

func postTo(t *testing.T, address string, allowPrivate bool) error {
	t.Helper()
	c := newClient(address, allowPrivate, noProxy, wallClock{})
	defer c.http.CloseIdleConnections()
	return c.post(t.Context(), http.Header{}, []byte("{}"))
}

func reasonOf(err error) Reason {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure.Reason
	}
	return ""
}

func TestPrivateAddressesAreNotReached(t *testing.T) {
	var reached atomic.Int32
	site := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer site.Close()
	_, port, err := net.SplitHostPort(site.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{
		"127.0.0.1", "localhost", "127.1.2.3", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:0a00:0001]",
		"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.169.254", "[fd00:ec2::254]", "100.100.100.200",
		"[fe80::1]", "[fc00::1]", "224.0.0.1", "255.255.255.255", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "192.0.0.192", "198.18.0.1", "[ff02::1]",
		"2130706433", "0x7f000001", "0177.0.0.1", "127.1", // spellings that some resolvers read as 127.0.0.1
	} {
		err := postTo(t, "http://"+host+":"+port+"/hook", false)
		if r := reasonOf(err); r != Private && r != Unreachable {
			t.Errorf("%s: %v", host, err)
		}
		if _, parsed := netip.ParseAddr(strings.Trim(host, "[]")); parsed == nil && reasonOf(err) != Private {
			t.Errorf("%s was refused because it is %s, not because it is private", host, reasonOf(err))
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("reached %d times", n)
	}
	if err := postTo(t, "http://127.0.0.1:"+port+"/hook", true); err != nil || reached.Load() != 1 {
		t.Errorf("allowed: %v", err)
	}
}

// TestANameIsJudgedByWhatIsDialled: the check sees what the look-up has found, and nothing looks the name up again after it.
func TestANameIsJudgedByWhatIsDialled(t *testing.T) {
	guardian := ssrf.New(ssrf.WithAnyPort())
	for address, allowed := range map[string]bool{"93.184.215.14:443": true, "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:8443": true, "127.0.0.1:443": false} {
		network := "tcp4"
		if strings.HasPrefix(address, "[") {
			network = "tcp6"
		}
		if err := guardian.Safe(network, address, nil); (err == nil) != allowed {
			t.Errorf("%s: %v", address, err)
		}
	}
	dialer := net.Dialer{Control: guardian.Safe}
	_, err := dialer.DialContext(t.Context(), "tcp", "localhost:1")
	if !errors.Is(err, ssrf.ErrProhibitedIP) {
		t.Errorf("after the look-up: %v", err)
	}
}

func TestThroughAProxyAPrivateAddressIsStillRefused(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = append(asked, r.URL.Host) }))
	defer proxy.Close()
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxied := func(*http.Request) (*url.URL, error) { return at, nil }
	for address, want := range map[string]Reason{
		"http://hooks.example.com/a": "", "http://192.168.0.1/a": Private, "http://[::ffff:10.0.0.1]/a": Private, "http://localhost/a": Private,
	} {
		c := newClient(address, false, proxied, wallClock{})
		if err := c.post(t.Context(), http.Header{}, []byte("{}")); reasonOf(err) != want {
			t.Errorf("%s: %v", address, err)
		}
		c.http.CloseIdleConnections()
	}
	if len(asked) != 1 || asked[0] != "hooks.example.com" { // the proxy is on loopback, and is dialled all the same
		t.Errorf("the proxy was asked for %q", asked)
	}
}

const secretPath = "/T0KEN-in-the-path?key=T0KEN"

// TestFailuresNameTheirReasonAndNoAddress is the table of what can go wrong.
func TestFailuresNameTheirReasonAndNoAddress(t *testing.T) {
	status := func(code int) string {
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }))
		t.Cleanup(site.Close)
		return site.URL
	}
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}))
	t.Cleanup(cut.Close)
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = zap.NewStdLog(zap.NewNop()) // the handshake that fails
	tls.StartTLS()
	t.Cleanup(tls.Close)
	plain := status(http.StatusOK)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for address, want := range map[string]Reason{
		status(200): "", status(201): "", status(204): "", status(301): Redirect, status(400): Refused, status(401): Refused, status(404): Refused,
		status(410): Gone, status(429): Limited, status(500): Broken, status(503): Broken,
		cut.URL: Unreachable, closed.URL: Unreachable, tls.URL: Untrusted, "https" + strings.TrimPrefix(plain, "http"): Untrusted,
		"http://T0KEN.invalid": Unreachable,
	} {
		err := postTo(t, address+secretPath, true)
		if reasonOf(err) != want {
			t.Errorf("%s: %v, want %s", address, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "T0KEN") || strings.Contains(err.Error(), "127.0.0.1")) {
			t.Errorf("the address is in %q", err)
		}
	}
}

func TestSlowReceiverIsATimeoutAndACutCallIsNone(t *testing.T) {
	release := make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer site.Close()
	defer close(release)
	c := newClient(site.URL, true, noProxy, wallClock{})
	defer c.http.CloseIdleConnections()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.post(ctx, http.Header{}, nil); !errors.Is(err, context.Canceled) || reasonOf(err) != "" {
		t.Errorf("cut: %v", err)
	}
	if err := unanswered(context.DeadlineExceeded); err.Reason != Timeout || !strings.Contains(err.Error(), "10s") {
		t.Errorf("slow: %v", err)
	}
	if CallTimeout != 10*time.Second {
		t.Errorf("an attempt may take %s", CallTimeout)
	}
}

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "120": 2 * time.Minute, " 7 ": 7 * time.Second, "-1": 0, "1.5": 0, "soon": 0, "99999999999999999999": 0,
		"Fri, 02 Jan 2026 03:05:05 GMT": time.Minute, "Fri, 02 Jan 2026 03:00:00 GMT": 0,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q is %s, want %s", value, got, want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "120", "Fri, 02 Jan 2026 03:05:05 GMT", "-1", "1e9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		asked := retryAfter(value, time.Unix(1_700_000_000, 0))
		if delay, ok := nextDelay(1, asked); asked < 0 || !ok || delay < delays[0] || delay > maxRetryAfter {
			t.Errorf("%q: %s, %s", value, asked, delay)
		}
	})
}
