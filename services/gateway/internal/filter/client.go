package filter

import (
	"net/http"
	"net/netip"

	"github.com/bellhop-chat/bellhop/sdk/guard"
)

// Proxies are the networks whose word about a client's address counts.
type Proxies []netip.Prefix

// ClientIP is the address of whoever asks.
func (p Proxies) ClientIP(r *http.Request) netip.Addr { return guard.ClientIP(r, p...) }

// Network is whom a client's address is counted as: an IPv6 client has a whole /64 to choose addresses from.
func Network(ip netip.Addr) string {
	if ip.Is6() {
		if network, err := ip.Prefix(64); err == nil {
			return network.String()
		}
	}
	return ip.String()
}
