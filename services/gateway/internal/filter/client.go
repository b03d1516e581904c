package filter

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks whose word about a client's address counts.
type Proxies []netip.Prefix

// ClientIP is the address of whoever asks. X-Forwarded-For is read from the right, as far as the hops are trusted proxies:
// the first address that is not one of them is the client; whatever stands left of it the client may have made up.
func (p Proxies) ClientIP(r *http.Request) netip.Addr {
	ip := peer(r)
	if !p.trusts(ip) {
		return ip
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return ip
		}
		ip = hop.Unmap()
		if !p.trusts(ip) {
			return ip
		}
	}
	return ip
}

func (p Proxies) trusts(ip netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}

func peer(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return ip.WithZone("").Unmap()
}
