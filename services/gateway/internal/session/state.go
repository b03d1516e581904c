package session

import "time"

// Blocked tells whether the team wants nothing more of the visitor.
func (e *Entry) Blocked() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.blocked
}

// Erased tells whether the session was erased.
func (e *Entry) Erased() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.erased
}

func (e *Entry) bury() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.erased, e.visit = true, nil
}

// Closed tells whether the conversation is closed.
func (e *Entry) Closed() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.closed
}

// Rating is when the rating that is still to be given was asked for; the zero time when none is.
func (e *Entry) Rating() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.rating == 0 {
		return time.Time{}
	}
	return time.UnixMilli(e.rating).UTC()
}

// Rated tells whether the visitor is known to have given a rating: the first one counts, and no other is asked for.
func (d *Directory) Rated(key Key) bool {
	e, ok := d.cache.Peek(key)
	if !ok {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.rated
}

// Seq is the stream sequence of the newest event of the session that this gateway knows of.
func (e *Entry) Seq() uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.seq
}

// Saw notes that the visitor has asked for something.
func (e *Entry) Saw() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seen = time.Now().UnixNano()
}

// Seen is when the visitor asked this gateway for anything last, as far as it remembers.
func (d *Directory) Seen(key Key) time.Time {
	e, ok := d.cache.Peek(key)
	if !ok {
		return time.Time{}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return time.Unix(0, e.seen)
}
