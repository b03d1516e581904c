package slack

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Redirects that Slack follows; one more fails.
const maxRedirects = 2

var errRedirects = errors.New("too many redirects")

func newClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{Proxy: nil, DialContext: dialLoopback, MaxIdleConnsPerHost: 100, IdleConnTimeout: time.Minute},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return errRedirects
			}
			return nil
		},
	}
}

// failure names a transport error as X-Slack-Retry-Reason does.
func failure(err error) string {
	var record tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errRedirects):
		return "too_many_redirects"
	case errors.As(err, &record), errors.As(err, &certificate):
		return "ssl_error"
	}
	return "connection_failed"
}

// dialLoopback keeps the simulator from reaching anything but this machine.
func dialLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("split address: %w", err)
	}
	if !isLoopback(host) {
		return nil, fmt.Errorf("dial the app: %w", ErrNotLoopback)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
