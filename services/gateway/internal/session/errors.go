package session

import "errors"

var (
	// ErrUnknown says that there is no such session, or no longer such a visit.
	ErrUnknown = errors.New("unknown session")
	// ErrUnavailable says that the sessions service cannot answer now.
	ErrUnavailable = errors.New("sessions service unavailable")
)
