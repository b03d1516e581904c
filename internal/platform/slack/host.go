package slack

import (
	"net/url"
	"strings"
)

// domains are Slack's own: whatever their hosts are called. GovSlack has the second.
var domains = []string{"slack.com", "slack-gov.com"}

// trusted tells whether the token may be sent to an address, and a visitor's file: to Slack over TLS, or to where every call
// goes anyway. The address of a remote file is whatever its owner has chosen.
func (c *Client) trusted(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	if c.api.Host != "" && strings.EqualFold(u.Host, c.api.Host) && u.Scheme == c.api.Scheme {
		return true
	}
	return u.Scheme == "https" && slackHost(u.Hostname())
}

// trustedSocket is trusted for a WebSocket.
func (c *Client) trustedSocket(address string) bool {
	if scheme, rest, ok := strings.Cut(address, "://"); ok {
		switch scheme {
		case "wss":
			return c.trusted("https://" + rest)
		case "ws":
			return c.api.Scheme == "http" && c.trusted("http://"+rest)
		}
	}
	return false
}

func slackHost(host string) bool {
	host = strings.ToLower(host)
	for _, domain := range domains {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}
