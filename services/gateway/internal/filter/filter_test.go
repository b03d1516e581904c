package filter

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var proxies = Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}

func clientIP(remote string, forwarded ...string) netip.Addr {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = remote
	for _, f := range forwarded {
		r.Header.Add("X-Forwarded-For", f)
	}
	return proxies.ClientIP(r)
}

func TestOnlyTrustedProxiesAreBelieved(t *testing.T) {
	for _, c := range []struct {
		remote    string
		forwarded []string
		want      string
	}{
		{"192.0.2.1:99", nil, "192.0.2.1"},
		{"192.0.2.1:99", []string{"6.6.6.6"}, "192.0.2.1"},
		{"10.0.0.1:99", nil, "10.0.0.1"},
		{"10.0.0.1:99", []string{"192.0.2.7"}, "192.0.2.7"},
		{"10.0.0.1:99", []string{"6.6.6.6, 192.0.2.7"}, "192.0.2.7"},
		{"10.0.0.1:99", []string{"6.6.6.6", "192.0.2.7, 10.9.9.9"}, "192.0.2.7"},
		{"10.0.0.1:99", []string{"10.1.1.1, 10.2.2.2"}, "10.1.1.1"},
		{"10.0.0.1:99", []string{"192.0.2.7:4711"}, "192.0.2.7"},
		{"10.0.0.1:99", []string{"[2001:db9::1]:4711"}, "2001:db9::1"},
		{"10.0.0.1:99", []string{"::ffff:192.0.2.7"}, "192.0.2.7"},
		{"[::ffff:10.0.0.1]:99", []string{"192.0.2.7"}, "192.0.2.7"},
		{"10.0.0.1:99", []string{"192.0.2.7, unknown"}, "10.0.0.1"},
		{"10.0.0.1:99", []string{""}, "10.0.0.1"},
		{"[2001:db8::5]:99", []string{"fe80::1%eth0"}, "fe80::1"},
	} {
		if got := clientIP(c.remote, c.forwarded...); got != netip.MustParseAddr(c.want) {
			t.Errorf("%s forwarding %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
	if got := clientIP("@"); got.IsValid() {
		t.Errorf("a socket without an address has %s", got)
	}
}

func TestIPv6ClientIsCountedAsItsNetwork(t *testing.T) {
	for ip, want := range map[string]string{"192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64"} {
		if got := Network(netip.MustParseAddr(ip)); got != want {
			t.Errorf("%s is %s", ip, got)
		}
	}
	if got := Network(netip.Addr{}); got == "" {
		t.Error("no address has no name")
	}
}

func FuzzClientIP(f *testing.F) {
	f.Add("10.0.0.1:1", "192.0.2.7, 10.0.0.2")
	f.Add("[::1]:1", "evil")
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		got := clientIP(remote, forwarded)
		if alone := clientIP(remote); !proxies.trusts(alone) && got != alone {
			t.Errorf("%q made %q from %s", forwarded, got, alone)
		}
		if got.Zone() != "" || got.Is4In6() {
			t.Errorf("%q has two spellings", got)
		}
	})
}

func TestLimitIsEachKeysOwnAndRefills(t *testing.T) {
	l, err := NewLimiter(Rate{Every: 100, Burst: 3})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if l.Wait("a") != 0 {
			t.Fatal("refused within the burst")
		}
	}
	wait := l.Wait("a")
	if wait <= 0 || wait > 10*time.Millisecond || l.Wait("b") != 0 {
		t.Errorf("wait %s", wait)
	}
	for begun := time.Now(); l.Wait("a") > 0; {
		if time.Since(begun) > 10*time.Second {
			t.Fatal("it never refills")
		}
	}
	var none *Limiter
	if none.Wait("a") != 0 {
		t.Error("no limiter limits")
	}
}

func TestManyAtOnceGetNoMoreThanTheBurst(t *testing.T) {
	l, err := NewLimiter(Rate{Every: 0.001, Burst: 5})
	if err != nil {
		t.Fatal(err)
	}
	var passed atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if l.Wait("a") == 0 {
				passed.Add(1)
			}
		})
	}
	wg.Wait()
	if passed.Load() != 5 {
		t.Errorf("%d passed", passed.Load())
	}
	for i := range 2 * remembered {
		l.Wait(fmt.Sprint(i))
	}
	if n := l.buckets.Len(); n > remembered {
		t.Errorf("%d buckets are remembered", n)
	}
	w := httptest.NewRecorder()
	TooMany(w, time.Millisecond)
	if w.Code != 429 || w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), "rate_limited") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}
