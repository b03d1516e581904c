package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// Reason says why a receiver has not taken an event; it is a metric's label.
type Reason string

// The reasons.
const (
	Timeout     Reason = "timeout"      // no answer in time
	Unreachable Reason = "unreachable"  // no name, no connection, or it broke
	Untrusted   Reason = "untrusted"    // TLS: the certificate, or the handshake
	Private     Reason = "private"      // the address is not one that webhooks may reach
	Redirect    Reason = "redirect"     // 3xx
	Gone        Reason = "gone"         // 410
	Limited     Reason = "rate_limited" // 429
	Refused     Reason = "refused"      // any other 4xx
	Broken      Reason = "broken"       // 5xx, and whatever is no HTTP status
)

// Reasons are all that there are.
func Reasons() []Reason {
	return []Reason{Timeout, Unreachable, Untrusted, Private, Redirect, Gone, Limited, Refused, Broken}
}

// Failure is an attempt that a receiver has not answered with 2xx. Its text holds no address: what the network packages say of an
// error names the URL, and where a name resolves to.
type Failure struct {
	Reason Reason
	// Status of the answer; 0 without one.
	Status int
	// After is how long the receiver asks to be left alone; 0 when it does not.
	After  time.Duration
	detail string
}

func (f *Failure) Error() string {
	if f.Status != 0 {
		return fmt.Sprintf("receiver answered %d (%s)", f.Status, f.Reason)
	}
	return "receiver is " + string(f.Reason) + ": " + f.detail
}

// refusal is the failure that an answer means; nil for 2xx.
//
// A 4xx is tried again like everything else: it mostly comes from a receiver that is being deployed, whose secret was changed, or
// from a gateway in front of it, and three days are what its people need to notice. Only 410 says that nobody will.
func refusal(resp *http.Response, now time.Time) *Failure {
	f := &Failure{Status: resp.StatusCode, After: retryAfter(resp.Header.Get("Retry-After"), now)}
	switch s := resp.StatusCode; {
	case s >= 200 && s < 300:
		return nil
	case s >= 300 && s < 400:
		f.Reason = Redirect
	case s == http.StatusGone:
		f.Reason = Gone
	case s == http.StatusTooManyRequests:
		f.Reason = Limited
	case s >= 400 && s < 500:
		f.Reason = Refused
	default:
		f.Reason = Broken
	}
	return f
}

// retryAfter reads the header: seconds, or a date.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// unanswered is the failure of a call without an answer, in words of our own.
func unanswered(err error) *Failure {
	failed := func(r Reason, detail string) *Failure { return &Failure{Reason: r, detail: detail} }
	var dns *net.DNSError
	var network net.Error
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		return failed(Private, "its address is private, and WEBHOOK_ALLOW_PRIVATE is not set")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return failed(Timeout, "no answer within "+CallTimeout.String())
	case errors.As(err, &dns):
		return failed(Unreachable, "its name does not resolve")
	case errors.Is(err, syscall.ECONNREFUSED):
		return failed(Unreachable, "the connection was refused")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return failed(Unreachable, "the connection was cut")
	}
	if detail := distrust(err); detail != "" {
		return failed(Untrusted, detail)
	}
	return failed(Unreachable, "the connection failed")
}

// distrust says what is wrong with a receiver's TLS; empty when it is something else.
func distrust(err error) string {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if invalid.Reason == x509.Expired {
			return "its certificate has expired or is not valid yet"
		}
		return "its certificate is not valid"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "its certificate is for another name"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "its certificate was issued by an unknown authority"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || errors.Is(err, http.ErrSchemeMismatch) {
		return "it does not speak TLS"
	}
	var alert tls.AlertError
	if errors.As(err, &alert) {
		return "it ended the TLS handshake"
	}
	return ""
}
