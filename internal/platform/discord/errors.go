package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/label"
)

// Error is a call that did not succeed: refused by Discord, or its outcome unknown. KindOf says what to do about it. It holds
// no token, no id, and nothing that people wrote.
type Error struct {
	// Call is the method and the route, "POST /channels/{channel}/messages".
	Call string
	// HTTPStatus is 0 when there was no answer.
	HTTPStatus int
	// Refused: the answer was Discord's own. Code is its code, which is 0 for some refusals, and Message its words.
	Refused bool
	Code    int
	Message string
	// Fields are what a form (code 50035) is refused for.
	Fields []FieldError
	// Rate is what the answer told of limits. With KindRateLimited RetryAfter and Scope are set.
	Rate Rate

	cause error
}

// FieldError is one field of a request that was refused. What Discord says of it is left out: it repeats the value.
type FieldError struct {
	Path string // "embeds.0.description"; empty for the whole
	Code string // "BASE_TYPE_MAX_LENGTH"
}

// RetryAfter is how long nothing may be sent where the limit counts; at least 1 ms with KindRateLimited.
func (e *Error) RetryAfter() time.Duration { return e.Rate.RetryAfter }

// Error is one line.
func (e *Error) Error() string {
	switch {
	case e.Refused:
		text := fmt.Sprintf("discord %s: %d/%d %s", e.Call, e.HTTPStatus, e.Code, e.Message)
		for _, field := range e.Fields {
			text += fmt.Sprintf(" [%s %s]", field.Path, field.Code)
		}
		return text
	case e.HTTPStatus != 0:
		return fmt.Sprintf("discord %s: HTTP %d: %v", e.Call, e.HTTPStatus, e.cause)
	}
	return fmt.Sprintf("discord %s: %v", e.Call, e.cause)
}

// Unwrap lets errors.Is find the context's end.
func (e *Error) Unwrap() error { return e.cause }

// HasField tells whether a form was refused for this reason.
func (e *Error) HasField(code string) bool {
	for _, field := range e.Fields {
		if field.Code == code {
			return true
		}
	}
	return false
}

// refusal is how Discord says no.
type refusal struct {
	Code       *int            `json:"code"`
	Message    *string         `json:"message"`
	Errors     json.RawMessage `json:"errors"`
	RetryAfter float64         `json:"retry_after"`
	Global     bool            `json:"global"`
}

// banPause is how long is waited when the network in front of Discord refuses without saying for how long: it does so to
// whoever made 10,000 invalid requests in 10 minutes. https://discord.com/developers/docs/topics/rate-limits
const banPause = time.Minute

// refused is an answer that is not a success. Only an object with a code or a message is Discord's own.
func (c *Client) refused(r request, status int, rate Rate, data []byte) *Error {
	var no refusal
	if err := json.Unmarshal(data, &no); err != nil || no.Code == nil && no.Message == nil {
		e := c.failed(r, status, errNotJSON)
		if e.Rate = rate; rate.Limited {
			e.Rate.RetryAfter, e.Rate.Scope = max(rate.RetryAfter, banPause), ScopeGlobal
		}
		return e
	}
	e := &Error{Call: r.name(), HTTPStatus: status, Refused: true, Rate: rate, Fields: fields(no.Errors)}
	if no.Code != nil {
		e.Code = *no.Code
	}
	if no.Message != nil {
		e.Message = label.Line(c.redact(r, *no.Message), 200)
	}
	if status == http.StatusTooManyRequests {
		if said := duration(no.RetryAfter); said > 0 {
			e.Rate.RetryAfter = said // the body has fractions, the header is rounded up to seconds
		}
		if no.Global {
			e.Rate.Scope = ScopeGlobal
		}
	}
	return e
}

// failed is a call without an answer of Discord's.
func (c *Client) failed(r request, status int, cause error) *Error {
	return &Error{Call: r.name(), HTTPStatus: status, cause: c.clean(r, cause)}
}

// clean takes the URL, which may hold a token, out of an error of net/http, and the tokens out of whatever is left.
func (c *Client) clean(r request, err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if text := err.Error(); c.redact(r, text) != text {
		return errors.New(c.redact(r, text)) // not wrapped: what it wraps says the token too
	}
	return err
}

// redact hides the tokens as they are and as they stand in a URL.
func (c *Client) redact(r request, text string) string {
	for _, secret := range []string{c.token, c.webhookToken, r.secret()} {
		if secret == "" {
			continue
		}
		for _, form := range []string{secret, url.PathEscape(secret), url.QueryEscape(secret)} {
			text = strings.ReplaceAll(text, form, "(hidden)")
		}
	}
	return text
}
