package httpserver

import (
	"net"
	"net/netip"
	"net/url"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// CheckPublicURL returns a *config.Error unless u is nil or an address that may be given to others: https, or http where only
// this machine hears it.
func CheckPublicURL(u *url.URL) error {
	if u == nil {
		return nil
	}
	addr, err := netip.ParseAddr(u.Hostname())
	loopback := u.Hostname() == "localhost" || err == nil && addr.IsLoopback()
	if u.User == nil && u.RawQuery == "" && u.Fragment == "" && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && loopback) {
		return nil
	}
	return &config.Error{Variable: "PUBLIC_URL", Found: "something else",
		Expected: "an https URL without user and query, or http on this machine only"}
}

// URL is where a browser on this machine reaches what serves at an address; every interface is "localhost" to it.
func URL(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return "http://" + addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
