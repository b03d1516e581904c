package discord

import "errors"

// What the operators' side of the simulator refuses.
var (
	ErrNoThread    = errors.New("discord simulator: no such thread or channel to write in")
	ErrNoMessage   = errors.New("discord simulator: no such message")
	ErrNoButton    = errors.New("discord simulator: the message has no such button")
	ErrNoCommand   = errors.New("discord simulator: the application has no such command")
	ErrNoWebhook   = errors.New("discord simulator: no such webhook")
	ErrNoTag       = errors.New("discord simulator: the forum has no such tag")
	ErrNoRight     = errors.New("discord simulator: no such permission")
	ErrNotAuthor   = errors.New("discord simulator: only the author can edit a message")
	ErrEmptyText   = errors.New("discord simulator: a message needs a text or a file")
	ErrTooLong     = errors.New("discord simulator: a message is at most 2000 characters long")
	ErrClosed      = errors.New("discord simulator: closed")
	ErrNotLoopback = errors.New("discord simulator: reaches and listens on loopback only")
	ErrEndpoint    = errors.New("discord simulator: the interactions endpoint did not verify")
)
