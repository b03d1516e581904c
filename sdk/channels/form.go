package channels

import (
	"errors"
	"net/http"
)

// badForm is a mistake of the page's; what it says can be told.
type badForm struct{ err error }

func (e *badForm) Error() string { return e.err.Error() }
func (e *badForm) Unwrap() error { return e.err }

// formHandler answers a POSTed form with what a function makes of it.
func (c *Client) formHandler(do func(r *http.Request) (any, error)) http.Handler {
	return post(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil {
			refuseBody(w, err)
			return
		}
		told, err := do(r)
		var wrong *badForm
		switch {
		case err == nil:
			answer(w, http.StatusOK, told)
		case errors.As(err, &wrong):
			refuse(w, http.StatusBadRequest, err.Error())
		case errors.Is(err, ErrForbidden):
			c.opts.Logger.Debug("channels: somebody was not let in", "reason", err)
			refuse(w, http.StatusForbidden, ErrForbidden.Error())
		default:
			c.opts.Logger.Error("channels: a visitor's request could not be answered", "path", r.URL.Path, "reason", err)
			refuse(w, http.StatusInternalServerError, "this could not be answered")
		}
	})
}

func post(do http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			refuse(w, http.StatusMethodNotAllowed, "this is POSTed")
			return
		}
		do(w, r)
	})
}

func refuseBody(w http.ResponseWriter, err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		refuse(w, http.StatusRequestEntityTooLarge, "the body is too large")
		return
	}
	refuse(w, http.StatusBadRequest, "the body cannot be read")
}

func refuse(w http.ResponseWriter, status int, wrong string) {
	answer(w, status, map[string]string{"error": wrong})
}

// answer writes JSON that nobody keeps: it is for one socket.
func answer(w http.ResponseWriter, status int, told any) {
	body, err := encode(told)
	if err != nil { // what is told are strings
		status, body = http.StatusInternalServerError, []byte(`{}`)
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever does not read it asks again
}
