package config

import (
	"math"
	"net/netip"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
)

var (
	durationType = reflect.TypeFor[time.Duration]()
	urlType      = reflect.TypeFor[*url.URL]()
	stringsType  = reflect.TypeFor[[]string]()
	prefixesType = reflect.TypeFor[[]netip.Prefix]()
)

// expectation says in words what a variable of this type must look like; empty for a type that can't be read.
func expectation(t reflect.Type) string {
	switch t {
	case durationType:
		return "a duration such as 30s, 15m or 90d"
	case urlType:
		return "an absolute URL such as https://example.com"
	case stringsType:
		return "a list separated by commas"
	case prefixesType:
		return "a list of addresses or CIDR ranges separated by commas, such as 10.0.0.0/8,::1"
	}
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true, false, 1 or 0"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	}
	return ""
}

func supported(t reflect.Type) bool { return expectation(t) != "" }

// setValue parses raw as the type of v. It reports success only: the parsers of the standard library repeat the value in their errors.
func setValue(v reflect.Value, raw string) bool {
	switch v.Type() {
	case durationType:
		return assign(v, raw, parseDuration)
	case urlType:
		return assign(v, raw, parseURL)
	case stringsType:
		return assign(v, raw, parseList)
	case prefixesType:
		return assign(v, raw, parsePrefixes)
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(raw)
		return true
	case reflect.Bool:
		return assign(v, raw, parseBool)
	case reflect.Float64:
		return assign(v, raw, parseFloat)
	default:
		return assign(v, raw, func(raw string) (int64, bool) {
			value, err := strconv.ParseInt(raw, 10, v.Type().Bits())
			return value, err == nil
		})
	}
}

// assign leaves v alone when raw doesn't parse.
func assign[T any](v reflect.Value, raw string, parse func(string) (T, bool)) bool {
	value, ok := parse(raw)
	if ok {
		v.Set(reflect.ValueOf(value).Convert(v.Type()))
	}
	return ok
}

func parseFloat(raw string) (float64, bool) {
	value, err := strconv.ParseFloat(raw, 64)
	return value, err == nil && !math.IsNaN(value) && !math.IsInf(value, 0)
}

func parseBool(raw string) (value, ok bool) {
	switch raw {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

// parseDuration is time.ParseDuration with days of 24 hours in front: "90d", "1.5d", "1d12h".
func parseDuration(raw string) (time.Duration, bool) {
	days, rest, hasDays := strings.Cut(raw, "d")
	if !hasDays {
		d, err := time.ParseDuration(raw)
		return d, err == nil
	}
	days, negative := strings.CutPrefix(days, "-")
	// The hours carry the number of days through the standard parser, which then checks its form.
	d, err := time.ParseDuration(days + "h")
	if err != nil || days == "" || strings.Trim(days, "0123456789.") != "" || d > math.MaxInt64/24 {
		return 0, false
	}
	d *= 24
	if rest != "" {
		more, err := time.ParseDuration(rest)
		if err != nil || strings.Trim(rest[:1], "0123456789.") != "" || d > math.MaxInt64-more {
			return 0, false
		}
		d += more
	}
	if negative {
		d = -d
	}
	return d, true
}

func parseURL(raw string) (*url.URL, bool) {
	u, err := url.Parse(raw)
	return u, err == nil && u.Scheme != "" && u.Host != ""
}

// parseList trims the items and leaves out the empty ones; a list of nothing but commas is a mistake.
func parseList(raw string) ([]string, bool) {
	var items []string
	for item := range strings.SplitSeq(raw, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items, len(items) > 0
}

func parsePrefixes(raw string) ([]netip.Prefix, bool) {
	items, ok := parseList(raw)
	prefixes := make([]netip.Prefix, len(items))
	for i, item := range items {
		prefix, valid := parsePrefix(item)
		prefixes[i], ok = prefix, ok && valid
	}
	return prefixes, ok
}

// mappedBits is the length of ::ffff:0:0/96, under which IPv6 holds the IPv4 addresses.
const mappedBits = 96

// parsePrefix takes a range or one address, and turns IPv4 in IPv6's clothes into IPv4, as which clients' addresses are compared.
func parsePrefix(item string) (netip.Prefix, bool) {
	prefix, err := netip.ParsePrefix(item)
	if err != nil {
		addr, err := netip.ParseAddr(item)
		if err != nil || addr.Zone() != "" {
			return netip.Prefix{}, false
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	if prefix.Addr().Is4In6() {
		if prefix.Bits() < mappedBits {
			return netip.Prefix{}, false
		}
		prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-mappedBits)
	}
	return prefix.Masked(), true
}
