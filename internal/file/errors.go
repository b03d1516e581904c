package file

import "errors"

// ErrUnknown says that there is no such file, or no longer.
var ErrUnknown = errors.New("no such file")

// ErrType says that files of this type are not taken.
var ErrType = errors.New("file type is not allowed")

// ErrEmpty says that a file has no bytes.
var ErrEmpty = errors.New("file is empty")

// ErrTooLarge says that a file has more bytes than are allowed.
var ErrTooLarge = errors.New("file is too large")

// ErrSize says that a file has more or fewer bytes than were announced.
var ErrSize = errors.New("file is not as large as announced")

// ErrStored says that an upload was used already.
var ErrStored = errors.New("file was stored already")

// ErrTaken says that a file belongs to another message.
var ErrTaken = errors.New("file belongs to another message")

// ErrSignature says that a link or a ticket was not made here, was changed, or has ended.
var ErrSignature = errors.New("signature is wrong or has ended")
