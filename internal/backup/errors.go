package backup

import "errors"

// ErrNotEmpty says that a backup would be mixed with what the directory holds.
var ErrNotEmpty = errors.New("directory is not empty")

// ErrUnfinished says that a directory has no manifest: no backup ended there.
var ErrUnfinished = errors.New("no finished backup: it has no " + manifestFile)

// ErrDamaged says that a backup is not what was written.
var ErrDamaged = errors.New("backup is damaged")

// ErrOccupied says that the bus has streams that would be restored.
var ErrOccupied = errors.New("the bus is not empty")
