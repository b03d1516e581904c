package telegram

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Error is a call that did not succeed: refused by Telegram, or its outcome unknown. KindOf says what to do about it.
// It never holds the token.
type Error struct {
	Method string
	// HTTPStatus is 0 when there was no answer.
	HTTPStatus int
	// Code and Description are Telegram's own; Code is 0 when the answer was not Telegram's.
	Code        int
	Description string
	// RetryAfter is how long nothing may be sent to the chat; at least 1 s with KindRateLimited.
	RetryAfter time.Duration
	// MigrateTo is the chat's new id with KindMigrated.
	MigrateTo int64

	cause error
}

// Error is one line without the token.
func (e *Error) Error() string {
	switch {
	case e.Description != "":
		return fmt.Sprintf("telegram %s: %d %s", e.Method, e.Code, e.Description)
	case e.HTTPStatus != 0:
		return fmt.Sprintf("telegram %s: HTTP %d: %v", e.Method, e.HTTPStatus, e.cause)
	}
	return fmt.Sprintf("telegram %s: %v", e.Method, e.cause)
}

// Unwrap lets errors.Is find the context's end.
func (e *Error) Unwrap() error { return e.cause }

// refused is Telegram's own no.
func (c *Client) refused(method string, status int, answer *envelope) *Error {
	e := &Error{
		Method: method, HTTPStatus: status, Code: answer.ErrorCode,
		Description: c.redact(answer.Description), MigrateTo: answer.Parameters.MigrateTo,
	}
	if e.Description == "" {
		e.cause = errNoDescription
	}
	if e.Code == http.StatusTooManyRequests || answer.Parameters.RetryAfter > 0 {
		_, said, _ := strings.Cut(strings.ToLower(e.Description), "retry after ")
		e.RetryAfter = retryAfter(answer.Parameters.RetryAfter, said)
	}
	return e
}

var errNoDescription = errors.New("refused without a description")

// failed is a call without an answer of Telegram's.
func (c *Client) failed(method string, status int, cause error) *Error {
	return &Error{Method: method, HTTPStatus: status, cause: c.clean(cause)}
}

// clean takes the URL, which holds the token, out of an error of net/http, and the token out of whatever is left.
func (c *Client) clean(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if text := err.Error(); c.redact(text) != text {
		return errors.New(c.redact(text)) // not wrapped: what it wraps says the token too
	}
	return err
}

// redact hides the token as it is and as it stands in a URL.
func (c *Client) redact(text string) string {
	if c.token == "" {
		return text
	}
	for _, form := range []string{c.token, url.PathEscape(c.token), url.QueryEscape(c.token)} {
		text = strings.ReplaceAll(text, form, "(hidden)")
	}
	return text
}

// retryAfter is at least a second, from the first of the places that says a number of seconds.
func retryAfter(parameter int, said string) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(said)); parameter <= 0 && err == nil {
		parameter = seconds
	}
	const most = 24 * 60 * 60 // more would be a mistake, and would overflow before long
	return time.Duration(min(max(parameter, 1), most)) * time.Second
}
