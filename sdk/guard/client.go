package guard

import (
	"net/http"
	"net/netip"
	"strings"
)

// ClientIP is the address of whoever asks. X-Forwarded-For is believed as far as it was written by trusted proxies: it is read from
// the right, and the first address that is no trusted proxy's is the client. Whatever stands left of it the client may have made up.
// A trusted proxy that sends no X-Forwarded-For may name the client in CF-Connecting-IP or X-Real-IP; a proxy that is trusted must
// overwrite those that come from outside.
//
// Without trusted proxies no header counts. The answer is invalid when the request has no address, as one over a Unix socket.
func ClientIP(r *http.Request, trusted ...netip.Prefix) netip.Addr {
	ip := peer(r)
	if !holds(trusted, ip) {
		return ip
	}
	forwarded := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	if strings.TrimSpace(forwarded) == "" {
		return named(r, ip)
	}
	hops := strings.Split(forwarded, ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := parseHop(strings.TrimSpace(hops[i]))
		if err != nil {
			return ip
		}
		if ip = plain(hop); !holds(trusted, ip) {
			return ip
		}
	}
	return ip
}

// named is the client whom a proxy names in a header of one address.
func named(r *http.Request, proxy netip.Addr) netip.Addr {
	for _, header := range []string{"CF-Connecting-IP", "X-Real-IP"} {
		if ip, err := parseHop(strings.TrimSpace(r.Header.Get(header))); err == nil {
			return plain(ip)
		}
	}
	return proxy
}

func holds(networks []netip.Prefix, ip netip.Addr) bool {
	for _, prefix := range networks {
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
	return plain(addr.Addr())
}
