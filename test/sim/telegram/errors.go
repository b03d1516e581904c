package telegram

import "errors"

// What the operators' side of the simulator refuses.
var (
	ErrNoChat      = errors.New("telegram simulator: no such group")
	ErrNoTopic     = errors.New("telegram simulator: no such open topic")
	ErrNoMessage   = errors.New("telegram simulator: no such message")
	ErrNoButton    = errors.New("telegram simulator: the message has no such button")
	ErrNotAuthor   = errors.New("telegram simulator: only the author can edit a message")
	ErrEmptyText   = errors.New("telegram simulator: a message needs a text or a file")
	ErrAlbum       = errors.New("telegram simulator: an album has 2 to 10 pictures and videos, or documents only, or music only")
	ErrClosed      = errors.New("telegram simulator: closed")
	ErrNotLoopback = errors.New("telegram simulator: listens on loopback only")
)
