package channels

import (
	"errors"
	"net/url"
	"strings"
)

// The errors of this file never quote an address: it has a secret or a password in it.
var (
	errURL      = errors.New("channels: Options.URL must be an address such as https://chat.example.com")
	errFromURL  = errors.New("channels: the address must be like https://KEY:SECRET@chat.example.com/apps/ID")
	errProxyURL = errors.New("channels: Options.Proxy must be an address such as http://user:password@proxy.example.com:3128")
)

// FromURL makes a client of an address as PUSHER_URL has it, such as "https://KEY:SECRET@chat.example.com:8443/apps/ID". See
// [ParseURL].
func FromURL(address string) (*Client, error) {
	o, err := ParseURL(address)
	if err != nil {
		return nil, err
	}
	return New(o)
}

// ParseURL reads such an address into AppID, Key, Secret and URL, for whoever wants to set more before [New]. The scheme is http or
// https and has to be there; what stands between host and /apps/ID is kept as a path; key, secret and id may be percent-encoded,
// and have to be where they contain one of "/?#@:%". A query is not looked at.
func ParseURL(address string) (Options, error) {
	u, err := url.Parse(address)
	if err != nil || !web(u) || u.User == nil {
		return Options{}, errFromURL
	}
	at := strings.LastIndex(u.EscapedPath(), "/apps/")
	if at < 0 {
		return Options{}, errFromURL
	}
	id, err := url.PathUnescape(strings.TrimSuffix(u.EscapedPath()[at+len("/apps/"):], "/"))
	if err != nil || id == "" || strings.Contains(id, "/") {
		return Options{}, errFromURL
	}
	secret, _ := u.User.Password()
	o := Options{AppID: id, Key: u.User.Username(), Secret: secret, URL: u.Scheme + "://" + u.Host + u.EscapedPath()[:at]}
	if _, _, err := o.check(); err != nil {
		return Options{}, errFromURL
	}
	return o, nil
}

// parseBase reads where the API is.
func parseBase(address string) (*url.URL, error) {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil || !web(u) || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errURL
	}
	u.Host = strings.TrimSuffix(u.Host, ":") // a port that is empty is the scheme's
	return u, nil
}

func parseProxy(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || !web(u) && u.Scheme != "socks5" {
		return nil, errProxyURL
	}
	return u, nil
}

// web tells whether an address has a host that is spoken to by HTTP.
func web(u *url.URL) bool {
	return u.Hostname() != "" && (u.Scheme == "http" || u.Scheme == "https")
}
