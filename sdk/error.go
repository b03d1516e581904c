package bellhop

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Error is what Bellhop answers to a request that it refuses.
type Error struct {
	// Status is the HTTP status.
	Status int
	// Code names the reason for programs, such as "unknown_session"; empty when the answer was not Bellhop's.
	Code string
	// Message says the same to people.
	Message string
	// RetryAfter is how long to wait before another try; 0 when nothing was said.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	text := e.Message
	if text == "" {
		text = http.StatusText(e.Status)
	}
	if e.Code != "" {
		return fmt.Sprintf("bellhop: %s (%d %s)", text, e.Status, e.Code)
	}
	return fmt.Sprintf("bellhop: %s (%d)", text, e.Status)
}

// Temporary tells whether the same request may be taken later.
func (e *Error) Temporary() bool {
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	default:
		return false
	}
}

// IsNotFound tells whether an error says that there is no such session, message or project.
func IsNotFound(err error) bool {
	var refusal *Error
	return errors.As(err, &refusal) && refusal.Status == http.StatusNotFound
}

// maxRefusal bounds what is read of a refusal, in bytes: it may be a proxy's page.
const maxRefusal = 64 << 10

// refusal reads an answer that is not a 2xx.
func refusal(r *http.Response, body []byte) *Error {
	e := &Error{Status: r.StatusCode, RetryAfter: retryAfter(r.Header.Get("Retry-After"), time.Now())}
	var told struct {
		Error string `json:"error"`
		Code  string `json:"code"`
	}
	if json.Unmarshal(body, &told) == nil {
		e.Message, e.Code = told.Error, told.Code
	}
	return e
}

// retryAfter reads the header: seconds, or a date. What is not one of them, or lies in the past, is 0.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
