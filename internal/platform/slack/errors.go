package slack

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Error is a call that did not succeed: refused by Slack, or its outcome unknown. KindOf says what to do about it. It never
// holds a token, an address that works like one, or what people wrote.
type Error struct {
	// Method is what was called, such as "chat.postMessage".
	Method string
	// HTTPStatus is 0 when there was no answer.
	HTTPStatus int
	// Code is Slack's own, such as "channel_not_found"; empty when the answer was not Slack's.
	Code string
	// Needed and Provided are the scopes that Slack names with "missing_scope", separated by commas.
	Needed, Provided string
	// Where are the places in the request that Slack complains of, such as "/blocks/0/text".
	Where string
	// RetryAfter is how long to wait before the method is called again; at least 1 s with KindRateLimited.
	RetryAfter time.Duration

	threaded bool
	cause    error
}

// Error is one line without secrets.
func (e *Error) Error() string {
	switch {
	case e.Code != "" && e.Needed != "":
		return fmt.Sprintf("slack %s: %s: the scope %s is needed", e.Method, e.Code, e.Needed)
	case e.Code != "" && e.Where != "":
		return fmt.Sprintf("slack %s: %s at %s", e.Method, e.Code, e.Where)
	case e.Code != "":
		return fmt.Sprintf("slack %s: %s", e.Method, e.Code)
	case e.HTTPStatus != 0:
		return fmt.Sprintf("slack %s: HTTP %d: %v", e.Method, e.HTTPStatus, e.cause)
	}
	return fmt.Sprintf("slack %s: %v", e.Method, e.cause)
}

// Unwrap lets errors.Is find the context's end.
func (e *Error) Unwrap() error { return e.cause }

// Everywhere tells, with KindRateLimited, that it is not the method alone that must wait: the workspace has used up its messages.
func (e *Error) Everywhere() bool { return e.Code == codeQuota }

var (
	errNotJSON   = errors.New("the answer is not JSON")
	errNeither   = errors.New("the answer says neither yes nor no")
	errRedirect  = errors.New("the answer leads elsewhere")
	errNoResult  = errors.New("the answer lacks what was asked for")
	errForbidden = errors.New("the address is not Slack's")
)

// codeForm is how Slack's error codes look; anything else may be anything.
var codeForm = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,80}$`)

// refused is Slack's own no.
func (c *Client) refused(m method, r reply, answer *envelope) *Error {
	e := &Error{
		Method: m.name, HTTPStatus: r.status, Code: c.redact(answer.Error), threaded: m.threaded,
		Needed: scopes(c.redact(answer.Needed)), Provided: scopes(c.redact(answer.Provided)), Where: pointers(answer.Metadata.Messages),
	}
	if !codeForm.MatchString(e.Code) {
		e.Code = "unreadable_error"
	}
	e.limit(r.header)
	return e
}

// failed is a call without an answer of Slack's.
func (c *Client) failed(m method, status int, cause error) *Error {
	return &Error{Method: m.name, HTTPStatus: status, threaded: m.threaded, cause: c.clean(cause)}
}

// unreadable is an answer that is not Slack's: a page of a proxy, or of Slack itself in trouble.
func (c *Client) unreadable(m method, r reply, cause error) *Error {
	if 300 <= r.status && r.status < 400 {
		cause = errRedirect
	}
	e := c.failed(m, r.status, cause)
	if r.status == http.StatusTooManyRequests {
		e.Code = codeRateLimited
	}
	e.limit(r.header)
	return e
}

// quotaPause is how long a workspace that has used up its messages is left alone: the quota has no end that we are told.
const quotaPause = 5 * time.Minute

func (e *Error) limit(header http.Header) {
	if kindOfCode(e) != KindRateLimited {
		return
	}
	seconds, err := strconv.Atoi(strings.TrimSpace(header.Get("Retry-After")))
	if err != nil {
		seconds = 1
	}
	const most = 24 * 60 * 60 // more would be a mistake, and would overflow before long
	e.RetryAfter = time.Duration(min(max(seconds, 1), most)) * time.Second
	if e.Code == codeQuota {
		e.RetryAfter = max(e.RetryAfter, quotaPause)
	}
}

// clean takes the URL, which may be as good as a token, out of an error of net/http, and secrets out of whatever is left.
func (c *Client) clean(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if text := err.Error(); c.redact(text) != text {
		return errors.New(c.redact(text)) // not wrapped: what it wraps says the secret too
	}
	return err
}

// token is how Slack's tokens look, whichever kind.
var token = regexp.MustCompile(`x(?:ox[a-z]|app|oxe\.xox[a-z])-[A-Za-z0-9-]+`)

// secretPath is what makes an address of Slack's as good as a token.
var secretPath = regexp.MustCompile(`(?i)\b(https?|wss?)://[^\s"/]+/[^\s"]*`)

// redact hides tokens, and of addresses everything but the host.
func (c *Client) redact(text string) string {
	for _, secret := range c.secrets {
		for _, form := range []string{secret, url.PathEscape(secret), url.QueryEscape(secret)} {
			text = strings.ReplaceAll(text, form, "(hidden)")
		}
	}
	text = token.ReplaceAllString(text, "(hidden)")
	return secretPath.ReplaceAllString(text, "$1://(hidden)")
}

// scopes keeps of a list of scopes what looks like one.
func scopes(list string) string {
	var named []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); codeForm.MatchString(name) {
			named = append(named, name)
		}
	}
	return strings.Join(named, ",")
}

// pointer is where in the request something is wrong. The rest of such a message may repeat what people wrote.
var pointer = regexp.MustCompile(`\[json-pointer:(/[A-Za-z0-9_/-]{1,100})\]`)

func pointers(messages []string) string {
	const most = 3
	var places []string
	for _, message := range messages {
		if found := pointer.FindStringSubmatch(message); found != nil && len(places) < most {
			places = append(places, found[1])
		}
	}
	return strings.Join(places, ", ")
}
