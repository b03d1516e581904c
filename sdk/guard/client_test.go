package guard

import (
	"net/http"
	"net/netip"
	"testing"
)

var proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}

func clientIP(remote string, forwarded ...string) netip.Addr {
	r := &http.Request{RemoteAddr: remote, Header: http.Header{}}
	for _, f := range forwarded {
		r.Header.Add("X-Forwarded-For", f)
	}
	return ClientIP(r, proxies...)
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

func TestHeaderOfOneAddressCountsFromATrustedProxyAlone(t *testing.T) {
	for _, header := range []string{"CF-Connecting-IP", "X-Real-IP"} {
		for remote, want := range map[string]string{"10.0.0.1:1": "192.0.2.7", "192.0.2.1:1": "192.0.2.1"} {
			r := &http.Request{RemoteAddr: remote, Header: http.Header{}}
			r.Header.Set(header, "192.0.2.7")
			if got := ClientIP(r, proxies...); got != netip.MustParseAddr(want) {
				t.Errorf("%s from %s: %s, want %s", header, remote, got, want)
			}
			r.Header.Set("X-Forwarded-For", "192.0.2.9")
			if got := ClientIP(r, proxies...); remote == "10.0.0.1:1" && got != netip.MustParseAddr("192.0.2.9") {
				t.Errorf("%s counts more than X-Forwarded-For: %s", header, got)
			}
		}
	}
	r := &http.Request{RemoteAddr: "10.0.0.1:1", Header: http.Header{"X-Real-Ip": {"nobody"}}}
	if got := ClientIP(r, proxies...); got != netip.MustParseAddr("10.0.0.1") {
		t.Errorf("no address at all makes %s", got)
	}
}

func FuzzClientIP(f *testing.F) {
	f.Add("10.0.0.1:1", "192.0.2.7, 10.0.0.2")
	f.Add("[::1]:1", "evil")
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		got := clientIP(remote, forwarded)
		if alone := clientIP(remote); !holds(proxies, alone) && got != alone {
			t.Errorf("%q made %q from %s", forwarded, got, alone)
		}
		if got.Zone() != "" || got.Is4In6() {
			t.Errorf("%q has two spellings", got)
		}
	})
}
