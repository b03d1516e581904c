package channels

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// What is refused before anything is sent. Errors wrap these and say what was given.
var (
	// ErrChannelName is not 1 to 200 of the characters A–Z a–z 0–9 _ - = @ , . ; or is not of the kind that a method needs. The server may
	// allow fewer: Pusher takes 164.
	ErrChannelName = errors.New("not a name of such a channel")
	// ErrEventName is not 1 to 200 characters.
	ErrEventName = errors.New("not a name of an event")
	// ErrSocketID is not two runs of digits with a dot between them.
	ErrSocketID = errors.New("not a socket id")
	// ErrUserID is empty, over 128 characters, or, where it stands in a channel's name, has others than those may have.
	ErrUserID = errors.New("not a user id")
	// ErrTooManyChannels is an event to none, or to more than MaxChannels.
	ErrTooManyChannels = errors.New("an event goes to 1 to 100 channels")
	// ErrTooManyEvents is a batch of none, or of more than MaxBatch.
	ErrTooManyEvents = errors.New("a batch has 1 to 10 events")
	// ErrEncryptedAlone is an event to several channels of which one is encrypted: each has a key of its own. Trigger a batch.
	ErrEncryptedAlone = errors.New("an event to an encrypted channel goes to it alone")
	// ErrNoMasterKey is an encrypted channel without Options.EncryptionMasterKey.
	ErrNoMasterKey = errors.New("encrypted channels need Options.EncryptionMasterKey")
	// ErrData can't be sent: it is no UTF-8, or can't be encoded.
	ErrData = errors.New("not data of an event")
	// ErrPath is a path of [Client.Get] or [Client.Post] that does not begin with a slash, or has a query.
	ErrPath = errors.New("not a path below an app")
)

// What happens to a request.
var (
	// ErrConnection is a request without an answer: no connection, no answer in time. The server may have taken it.
	ErrConnection = errors.New("no answer")
	// ErrAnswer is an answer of 2xx that is no JSON object, or a very large one: something else than the API is at Options.URL.
	ErrAnswer = errors.New("not an answer of the API")
	// ErrAuthentication is an [Error] of status 401: the key, the secret, or the clock is wrong.
	ErrAuthentication = errors.New("the request was not believed")
	// ErrTooLarge is an [Error] of status 413: the data of an event are larger than the app may send, 10 KiB unless set otherwise.
	ErrTooLarge = errors.New("the event is too large")
	// ErrProxyAuthentication is an [Error] of status 407: the proxy wants a user and password, or others.
	ErrProxyAuthentication = errors.New("the proxy did not believe who asks")
)

// Error is an answer that is not a 2xx.
type Error struct {
	// Status is the HTTP status.
	Status int
	// Body is what the answer said, at most 64 KiB of it. Of a 401 it tells which string the server has signed. Empty for a 407 to an
	// https request.
	Body string
}

// maxShown is how much of a body Error shows, in bytes: it may be a proxy's page.
const maxShown = 1000

func (e *Error) Error() string {
	text := strings.TrimSpace(e.Body)
	if len(text) > maxShown {
		text = strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	if text == "" {
		text = http.StatusText(e.Status)
	}
	return fmt.Sprintf("channels: %s (%d)", text, e.Status)
}

// Is makes errors.Is find ErrAuthentication, ErrTooLarge and ErrProxyAuthentication.
func (e *Error) Is(target error) bool {
	switch e.Status {
	case http.StatusUnauthorized:
		return target == ErrAuthentication
	case http.StatusRequestEntityTooLarge:
		return target == ErrTooLarge
	case http.StatusProxyAuthRequired:
		return target == ErrProxyAuthentication
	}
	return false
}

// unanswered is an error of a request that got no answer, without its address, which has the signature.
func unanswered(err error) error {
	var refused *Error
	if errors.As(err, &refused) { // by a proxy
		return refused
	}
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("channels: %w: %w", ErrConnection, err)
}
