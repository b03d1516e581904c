package intake

import (
	"errors"
	"net/http"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
)

// Refusal is why something was not taken in. Its text names the field and goes to whoever asked.
type Refusal struct {
	Status int    `json:"-"`
	Text   string `json:"error"`
	Code   string `json:"code"`
}

func (r *Refusal) Error() string { return r.Text }

// Invalid is a refusal of a field's value.
func Invalid(code, text string) *Refusal {
	return &Refusal{Status: http.StatusBadRequest, Code: code, Text: text}
}

// Unavailable is the refusal to say yes to what may not have been stored.
func Unavailable(text string) *Refusal {
	return &Refusal{Status: http.StatusServiceUnavailable, Code: "unavailable", Text: text}
}

// retryAfter is what a client is told to wait when a part of Bellhop is away, in seconds.
const retryAfter = "2"

// Write answers an HTTP request with the refusal.
func (r *Refusal) Write(w http.ResponseWriter) {
	if r.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	httpserver.Error(w, r.Status, r.Code, r.Text)
}

// refused is the refusal for an error of the bus.
func refused(err error) *Refusal {
	if errors.Is(err, bus.ErrTooLarge) {
		return &Refusal{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Text: "this is too large to be stored"}
	}
	return Unavailable("this could not be stored; try again")
}
