package guard

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// IPOptions are the rules for client addresses.
type IPOptions struct {
	// Mode says what the lists mean; ModeBlocklist when empty.
	Mode Mode
	// Allow and Block are addresses or networks, such as 203.0.113.7, 10.0.0.0/8 or 2001:db8::/32.
	Allow, Block []string
	// Custom decides before the lists do; optional.
	Custom func(netip.Addr) Verdict
}

// IPFilter decides about client addresses. It is safe for concurrent use.
type IPFilter struct {
	mode         Mode
	allow, block *Networks
	custom       func(netip.Addr) Verdict
}

// NewIPFilter makes a filter. The error names every entry that is neither an address nor a network.
func NewIPFilter(o IPOptions) (*IPFilter, error) {
	f := &IPFilter{mode: o.Mode, custom: o.Custom}
	var problems [3]error
	problems[0] = o.Mode.check()
	f.allow, problems[1] = NewNetworks(o.Allow...)
	f.block, problems[2] = NewNetworks(o.Block...)
	if err := errors.Join(problems[:]...); err != nil {
		return nil, err
	}
	return f, nil
}

// Check decides about an address. A nil filter allows everybody, with ReasonDisabled. An invalid address is in no network.
func (f *IPFilter) Check(ip netip.Addr) Result {
	if f == nil {
		return Result{Allowed: true, Reason: ReasonDisabled}
	}
	ip = plain(ip)
	own := Defer
	if f.custom != nil {
		own = f.custom(ip)
	}
	return decide(f.mode, own,
		func() (string, Reason) { return f.allow.Find(ip), ReasonAllowlist },
		func() (string, Reason) { return f.block.Find(ip), ReasonBlocklist })
}

// CheckIPFilter is Check of a filter that is used once, for an address in words. Who asks often makes an IPFilter.
func CheckIPFilter(ip string, o IPOptions) (Result, error) {
	f, err := NewIPFilter(o)
	if err != nil {
		return Result{}, err
	}
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return Result{}, fmt.Errorf("client address: %w", err)
	}
	return f.Check(addr), nil
}

// Networks is a set of networks that is asked often. It looks an address up once for each length of prefix that is in it, however
// many networks there are.
type Networks struct {
	lengths []int // of IPv4 and IPv6 prefixes, longest first
	all     map[netip.Prefix]string
}

// NewNetworks makes a set of addresses and networks. The error names every entry that is neither.
func NewNetworks(entries ...string) (*Networks, error) {
	s := &Networks{all: make(map[netip.Prefix]string, len(entries))}
	var problems []error
	for _, entry := range entries {
		prefix, err := parseNetwork(strings.TrimSpace(entry))
		if err != nil {
			problems = append(problems, fmt.Errorf("%q is no address and no network such as 10.0.0.0/8", entry))
			continue
		}
		s.all[prefix] = entry
		if !slices.Contains(s.lengths, prefix.Bits()) {
			s.lengths = append(s.lengths, prefix.Bits())
		}
	}
	slices.Sort(s.lengths)
	slices.Reverse(s.lengths)
	return s, errors.Join(problems...)
}

// parseNetwork reads a network, or an address as the network of it alone. An IPv4 network written as IPv6 is the IPv4 one.
func parseNetwork(entry string) (netip.Prefix, error) {
	if !strings.Contains(entry, "/") {
		ip, err := netip.ParseAddr(entry)
		if err != nil {
			return netip.Prefix{}, err
		}
		ip = plain(ip)
		return netip.PrefixFrom(ip, ip.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(entry)
	if err != nil {
		return netip.Prefix{}, err
	}
	if prefix.Addr().Is4In6() && prefix.Bits() >= 96 {
		prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-96)
	}
	return prefix.Masked(), nil
}

// Find answers the entry of the smallest network that holds an address, as it was written, or "".
func (s *Networks) Find(ip netip.Addr) string {
	ip = plain(ip)
	for _, bits := range s.lengths {
		if bits > ip.BitLen() {
			continue
		}
		prefix, err := ip.Prefix(bits)
		if err != nil { // an invalid address
			return ""
		}
		if entry, ok := s.all[prefix]; ok {
			return entry
		}
	}
	return ""
}

// plain is an address without a zone, and an IPv4 one as such.
func plain(ip netip.Addr) netip.Addr { return ip.Unmap().WithZone("") }
