package channels

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
)

// ErrForbidden is for functions that decide who may join or sign in: their handler answers 403 to it.
var ErrForbidden = errors.New("this visitor may not")

// Bounds of what handlers read, in bytes.
const (
	maxForm    = 16 << 10
	maxWebhook = 1 << 20
)

// AuthHandler answers pusher-js when it asks whether a page may join a channel, usually at /pusher/auth. The function is called with a
// socket id and a channel that can be, of a private or presence channel; by the request's cookies or headers it knows the visitor. It answers
//
//   - for a presence channel the member, or nil to join as whom the socket has signed in;
//   - for another private channel anything: the member is not looked at;
//   - [ErrForbidden], perhaps wrapped, for whoever may not.
//
// The handler takes a POST of at most 16 KiB with the form fields socket_id and channel_name, and answers 200 with an [Auth]; 400 to other
// fields; 403 to ErrForbidden; 405 to other methods; 413 to a larger form; 500 to other errors, which it logs and doesn't tell. The refusals
// are {"error":"…"}. Whether the request comes from a page of yours (CSRF, CORS) is for what stands in front of it.
func (c *Client) AuthHandler(mayJoin func(r *http.Request, socketID, channel string) (*Member, error)) http.Handler {
	return c.formHandler(func(r *http.Request) (any, error) {
		socketID, channel := r.PostForm.Get("socket_id"), r.PostForm.Get("channel_name")
		if err := errors.Join(checkSocket(socketID), checkKind(channel, privatePrefix, presencePrefix)); err != nil {
			return nil, &badForm{err}
		}
		m, err := mayJoin(r, socketID, channel)
		if err != nil {
			return nil, err
		}
		if m != nil && strings.HasPrefix(channel, presencePrefix) {
			return c.AuthenticatePresence(socketID, channel, *m)
		}
		return c.Authenticate(socketID, channel)
	})
}

// UserAuthHandler answers pusher-js when it asks who a page's visitor is, usually at /pusher/user-auth. The function answers the user,
// or [ErrForbidden] for whoever is none. The handler takes a POST with the form field socket_id and answers 200 with a [UserAuth], and
// otherwise as [Client.AuthHandler] does.
func (c *Client) UserAuthHandler(who func(r *http.Request, socketID string) (User, error)) http.Handler {
	return c.formHandler(func(r *http.Request) (any, error) {
		socketID := r.PostForm.Get("socket_id")
		if err := checkSocket(socketID); err != nil {
			return nil, &badForm{err}
		}
		u, err := who(r, socketID)
		if err != nil {
			return nil, err
		}
		return c.AuthenticateUser(socketID, u)
	})
}

// WebhookHandler receives webhooks. Mount it where no middleware has read the body before. The function is called for each that
// is believed; several may come at once, and the same one again after an error.
//
// The handler takes a POST of at most 1 MiB and answers 200 after the function has returned nil; 401 to what it does not believe; 400 to
// what is signed and cannot be read; 405 to other methods; 413 to a larger body; 500 when the function failed. What is not answered 200 comes
// again for some minutes. The server waits about 10 seconds for an answer: do long work after it.
func (c *Client) WebhookHandler(handle func(ctx context.Context, w *Webhook) error) http.Handler {
	return post(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWebhook))
		if err != nil {
			refuseBody(w, err)
			return
		}
		webhook, err := c.Webhook(r.Header, body)
		if err != nil {
			c.opts.Logger.Warn("channels: a webhook was refused", "reason", err)
			status := http.StatusUnauthorized
			if errors.Is(err, ErrWebhookBody) {
				status = http.StatusBadRequest
			}
			refuse(w, status, "this is not a webhook of ours")
			return
		}
		if err := handle(r.Context(), webhook); err != nil {
			c.opts.Logger.Warn("channels: a webhook could not be handled", "reason", err)
			refuse(w, http.StatusInternalServerError, "this could not be handled")
			return
		}
		answer(w, http.StatusOK, struct{}{})
	})
}
