package receive

import (
	"errors"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// ErrNobodys says that a thread is no conversation's, or that a platform's message shows none of ours.
var ErrNobodys = errors.New("nobody's")

// ErrUnavailable says that the sessions service gave no answer. The same call may succeed later.
var ErrUnavailable = errors.New("sessions unavailable")

// Temporary tells whether trying again later may succeed: then the platform must keep the update.
func Temporary(err error) bool {
	return errors.Is(err, ErrUnavailable) || errors.Is(err, bus.ErrUnavailable)
}
