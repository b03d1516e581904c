package filter

import (
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
		hop, err := parseHop(strings.TrimSpace(hops[i]))
		if err != nil {
			return ip
		}
		ip = hop.WithZone("").Unmap()
		if !p.trusts(ip) {
			return ip
		}
	}
	return ip
}

// Network is whom a client's address is counted as: an IPv6 client has a whole /64 to choose addresses from.
func Network(ip netip.Addr) string {
	if ip.Is6() {
		if network, err := ip.Prefix(64); err == nil {
			return network.String()
		}
	}
	return ip.String()
}

func (p Proxies) trusts(ip netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}

// parseHop reads an address; some proxies add the port.
func parseHop(hop string) (netip.Addr, error) {
	if ip, err := netip.ParseAddr(hop); err == nil {
		return ip, nil
	}
	withPort, err := netip.ParseAddrPort(hop)
	return withPort.Addr(), err
}

func peer(r *http.Request) netip.Addr {
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Addr().WithZone("").Unmap()
}
