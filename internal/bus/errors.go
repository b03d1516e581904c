package bus

import (
	"errors"
	"time"
)

// ErrUnavailable says that the bus has not confirmed something in time: it may or may not have been stored. Callers answer
// 503 and let the sender try again.
var ErrUnavailable = errors.New("bus unavailable")

// ErrTooLarge says that an event is over the bus's limit of MaxEventBytes.
var ErrTooLarge = errors.New("event too large")

// ErrNoEvent says that the stream holds no event of a sequence: it was never given, or the event was deleted.
var ErrNoEvent = errors.New("no such event")

// ErrMoved says that something has happened in a session since it was looked at.
var ErrMoved = errors.New("the session has moved on")

// ErrNoConsumer says that there is no durable consumer of a name: nobody has made it yet.
var ErrNoConsumer = errors.New("no such consumer")

// ErrNoLetter says that there is no dead letter of a sequence: it was dropped, or has run out.
var ErrNoLetter = errors.New("no such dead letter")

// ErrNoNote says that the notebook has no note under a key.
var ErrNoNote = errors.New("no such note")

// ErrNoteChanged says that a note is not what the writer has seen: it exists already, has another revision, or is gone.
var ErrNoteChanged = errors.New("note was changed by another")

// ErrNoObject says that no object has a name: there never was one, or it was deleted, or its time is over.
var ErrNoObject = errors.New("no such object")

// ErrObjectExists says that a name is taken. It was given once and is never given again.
var ErrObjectExists = errors.New("object exists")

// ErrObjectChanged says that the metadata of an object are not what the writer has seen.
var ErrObjectChanged = errors.New("object was changed by another")

// ErrObjectSize says that there were more or fewer bytes than were announced.
var ErrObjectSize = errors.New("not the announced number of bytes")

// ErrObjectBroken says that the stored bytes are not those that were put.
var ErrObjectBroken = errors.New("object is broken")

// ErrNewStream says that the stream is not the one that a stored position belongs to: it was deleted and made anew, or has
// lost its end to a power cut. Whoever keeps the position must forget it and start over from what the stream holds.
var ErrNewStream = errors.New("stream is not the one that was read before")

// permanentError marks an error that no retry can mend.
type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

// Permanent marks an error that no retry can mend: the event goes to the dead letters at once.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

// IsPermanent tells whether err was marked by Permanent.
func IsPermanent(err error) bool {
	var p *permanentError
	return errors.As(err, &p)
}

// retryError carries the delay after which a retry makes sense.
type retryError struct {
	err   error
	after time.Duration
}

func (e *retryError) Error() string { return e.err.Error() }
func (e *retryError) Unwrap() error { return e.err }

// RetryAfter asks for the event again after d. It does not count against the consumer's attempts, only against its
// patience: whoever asks for a delay knows why, for example a platform's Retry-After or its outage.
func RetryAfter(err error, d time.Duration) error {
	if err == nil {
		return nil
	}
	return &retryError{err: err, after: max(d, time.Millisecond)}
}

// retryDelay is the delay asked for with RetryAfter.
func retryDelay(err error) (time.Duration, bool) {
	var r *retryError
	if errors.As(err, &r) {
		return r.after, true
	}
	return 0, false
}
