package projection

import "errors"

// ErrBehind says that the projection did not get to where it had to within the time that was given.
var ErrBehind = errors.New("projection is behind")

// ErrOtherStream says that the store holds what was built from another stream, or that it is being emptied for a rebuild.
var ErrOtherStream = errors.New("the session store was not built from this stream")

// errHole says that events do not join on to the store's floor: the store lost what it had since they were chosen.
var errHole = errors.New("store fell behind the events")
